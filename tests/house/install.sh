#!/usr/bin/env bash
# Installs into a folder of its own, for the tests that use what is installed.
. "$(dirname "$0")/house.sh"

rm -rf "$house_prefix"
runs "cmake --install" "$HOUSE_CMAKE" --install "$HOUSE_BUILD" --prefix "$house_prefix"
for file in include/thrum.h 'lib*/libthrum-freestanding.a' 'lib*/pkgconfig/thrum-freestanding.pc' \
    'lib*/pkgconfig/thrum-freestanding-small.pc' 'lib*/pkgconfig/thrum-freestanding-pie.pc' 'lib*/cmake/thrum/thrumConfig.cmake' \
    'lib*/cmake/thrum/thrumConfigVersion.cmake'; do
    if [ -n "$(find "$house_prefix" -path "$house_prefix/$file")" ]; then
        pass "$file is installed"
    else
        fail "$file is installed" "$(find "$house_prefix")"
    fi
done
# Manual pages, and the other names of their calls.
for file in man7/thrum.7 man3/thrum_mutex.3 man3/thrum_mutex_lock_until.3 man3/thrum_join_until.3 \
    man3/THRUM_SEM_INIT.3 man3/thrum_status_text.3; do
    if [ -n "$(find "$house_prefix" -path "$house_prefix/*/$file")" ]; then
        pass "$file is installed"
    else
        fail "$file is installed" "$(find "$house_prefix" -path '*/man/*')"
    fi
done
nothing "every name of a manual page leads to a page" "$(
    man=$(dirname "$(find "$house_prefix" -name man3)")
    grep -h '^\.so ' "$man"/man?/* | cut -d' ' -f2 | sort -u | while read -r page; do
        [ -f "$man/$page" ] && ! grep -q '^\.so ' "$man/$page" || echo "$page"
    done
    for page in "$HOUSE_SOURCE"/man/*.[37]; do
        cmp "$page" "$man/man${page##*.}/$(basename "$page")" 2>&1
    done)"
silent "every header is installed" diff -r "$HOUSE_SOURCE/include" "$house_prefix/include"
nothing "no file knows where it was built" \
    "$(grep -rlF -e "$HOUSE_SOURCE" -e "$HOUSE_BUILD" "$house_prefix" --include='*.cmake' --include='*.pc')"
finish
