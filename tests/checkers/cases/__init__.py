"""Made-up answers of each platform for the contract test, one module per entry point's name.

A module holds `CASES`, a mapping from source name to `SourceCases` (see `tests.checkers.contract`).
A package that brings a checker of its own names its mapping in the entry-point group
`taizhang.checker_cases`, under the name of its checker's entry point.
"""
