#!/bin/sh
# 离线安装：在本文件夹建立 .venv 并装入 wheels 里的程序。不访问网络。
set -eu
cd "$(dirname "$0")"
PYTHON="${PYTHON:-python{PYTHON}}"
if ! command -v "$PYTHON" >/dev/null 2>&1; then
    echo "找不到 $PYTHON。请先安装 Python {PYTHON}，或用 PYTHON=路径 ./install.sh 指明。" >&2
    exit 1
fi
sha256sum --quiet --check SHA256SUMS || { echo "文件不完整，请重新拷贝。" >&2; exit 1; }
"$PYTHON" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-index --find-links wheels --require-hashes --requirement requirements.txt
.venv/bin/taizhang --version
echo "安装完成。运行：.venv/bin/taizhang demo"
