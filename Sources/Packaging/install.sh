#!/bin/sh
# Installs Highwater for one user or for all: ./install.sh [PREFIX]
# Without a prefix: /usr/local for root, else ~/.local.
set -eu
cd "$(dirname "$0")"
if [ "$(id -u)" = 0 ]; then default=/usr/local; else default=$HOME/.local; fi
prefix=${1:-$default}

# The libraries are the system's.
if ! bin/highwater --version; then
    echo 'install.sh: the program does not start here; nothing was installed. Its libraries have these packages:' >&2
    echo '  Debian, Ubuntu: libuv1 libnghttp2-14 libssl3 libncursesw6 libyaml-0-2 zlib1g' >&2
    echo '  Fedora:         libuv libnghttp2 openssl-libs ncurses-libs libyaml zlib' >&2
    exit 1
fi
files=$(find bin include lib share -type f | tr '\n' ' ')
for file in $files; do
    mode=644
    [ "$file" != bin/highwater ] || mode=755
    install -D -m "$mode" "$file" "$prefix/$file"
done

case :$PATH: in *":$prefix/bin:"*) ;; *) echo "installed; $prefix/bin is not in PATH" ;; esac
echo 'To remove it:'
echo "  cd '$prefix' && rm $files&& rmdir lib/highwater"
