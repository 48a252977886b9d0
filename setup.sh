#!/usr/bin/env bash
# Set up everything that `make demo` (argument: runtime) or `make test` (argument: development) needs, in this folder.
# Safe to interrupt and to run again: each step looks first, and the mark of a finished set-up is written last.
set -euo pipefail
cd "$(dirname "$0")"

kind=${1:?runtime or development}
python=${PYTHON:-python3}
venv=.venv
mark=$venv/.ready-$kind
wanted=$(cat setup.cfg setup.sh requirements/installer.txt "requirements/$kind.txt" evalsvc/translations/*/LC_MESSAGES/*.po | sha256sum | cut -d' ' -f1)

say() { printf '%s\n' "$*" >&2; }

# Debian packages: the native libraries of WeasyPrint and venv always; a browser and what its driver needs for the tests.
missing_packages() {
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    libraries=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p)
    grep -q 'libpango-1.0.so.0' <<<"$libraries" || echo libpango-1.0-0
    grep -q 'libpangoft2-1.0.so.0' <<<"$libraries" || echo libpangoft2-1.0-0
    grep -q 'libharfbuzz-subset.so.0' <<<"$libraries" || echo libharfbuzz-subset0
    if [ "$kind" = development ]; then
        command -v chromium >/dev/null || echo chromium
        # Without a Chinese font, what the browser shows is measured and pictured with boxes for signs.
        command -v fc-list >/dev/null || echo fontconfig
        [ -n "$(fc-list :lang=zh family 2>/dev/null)" ] || echo fonts-wqy-microhei
        grep -q 'libatomic.so.1' <<<"$libraries" || echo libatomic1 # for the browser tests' driver
        command -v git >/dev/null || echo git
        command -v openssl >/dev/null || echo openssl # a time-stamping authority to test against
        command -v softhsm2-util >/dev/null || echo softhsm2 # a token (PKCS#11) in software, to sign with
        # Two readers of signed files that share nothing with ours.
        command -v pdfsig >/dev/null || echo poppler-utils
        command -v qpdf >/dev/null || echo qpdf
        # R runs the scripts that are handed out for it, and the lines that datasets say they are read by.
        for name in survey haven readxl jsonlite; do
            Rscript -e "quit(status = !requireNamespace('$name', quietly = TRUE))" >/dev/null 2>&1 || echo "r-cran-$name"
        done
    fi
}

install_packages() {
    local packages="$*"
    local line="apt-get update && apt-get install -y --no-install-recommends $packages"
    if [ "$(id -u)" = 0 ]; then run=""; elif sudo -n true 2>/dev/null; then run="sudo"; else
        say "缺少系统软件包，且当前用户不能安装。请由管理员执行下面一行，然后重试："
        say "System packages are missing and this user cannot install them. Have an administrator run this line, then try again:"
        say "    sudo sh -c '$line'"
        exit 1
    fi
    say "安装系统软件包 / installing system packages: $packages"
    $run env DEBIAN_FRONTEND=noninteractive sh -c "$line" >/dev/null
}

if [ -f "$mark" ] && [ "$(cat "$mark")" = "$wanted" ]; then
    [ -z "$(missing_packages)" ] && exit 0
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "需要 Python 3.11 或更高版本 / Python 3.11 or later is needed (PYTHON=/path/to/python3.11 make …)"; exit 1; }
packages=$(missing_packages | tr '\n' ' ')
[ -z "${packages// /}" ] || install_packages "$packages"

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "建立虚拟环境 / making the virtual environment $venv"
    "$python" -m venv --clear "$venv"
fi
say "安装锁定的依赖 / installing the locked dependencies ($kind)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
# Compiled once here: where an environment forbids Python to keep what it compiled, every start would compile it anew.
"$venv/bin/uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes -r "requirements/$kind.txt"
"$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
"$venv/bin/python" -m compileall -q evalsvc forms reports sampling
"$venv/bin/pybabel" --quiet compile --directory evalsvc/translations
printf '%s' "$wanted" >"$mark"
