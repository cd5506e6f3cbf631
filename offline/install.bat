@echo off
chcp 65001 >nul
rem 离线安装：在本文件夹建立 .venv 并装入 wheels 里的程序。不访问网络。
cd /d "%~dp0"
py -{PYTHON} -c "" 2>nul
if errorlevel 1 (
    echo 找不到 Python {PYTHON}。请先安装 Python {PYTHON}（安装时勾选 py launcher）。
    pause
    exit /b 1
)
py -{PYTHON} -m venv .venv
if errorlevel 1 goto failed
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --require-hashes --requirement requirements.txt
if errorlevel 1 goto failed
.venv\Scripts\taizhang --version
echo 安装完成。运行：.venv\Scripts\taizhang demo
pause
exit /b 0
:failed
echo 安装没有完成。文件可能不完整，请重新拷贝整个文件夹。
pause
exit /b 1
