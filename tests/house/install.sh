#!/usr/bin/env bash
# Installs into a folder of its own, for the tests that use what is installed.
. "$(dirname "$0")/house.sh"

rm -rf "$house_prefix"
runs "cmake --install" "$HOUSE_CMAKE" --install "$HOUSE_BUILD" --prefix "$house_prefix"
for file in include/thrum.h 'lib*/libthrum-freestanding.a' 'lib*/pkgconfig/thrum-freestanding.pc' \
    'lib*/pkgconfig/thrum-freestanding-pie.pc' 'lib*/cmake/thrum/thrumConfig.cmake' \
    'lib*/cmake/thrum/thrumConfigVersion.cmake'; do
    if [ -n "$(find "$house_prefix" -path "$house_prefix/$file")" ]; then
        pass "$file is installed"
    else
        fail "$file is installed" "$(find "$house_prefix")"
    fi
done
silent "every header is installed" diff -r "$HOUSE_SOURCE/include" "$house_prefix/include"
nothing "no file knows where it was built" \
    "$(grep -rlF -e "$HOUSE_SOURCE" -e "$HOUSE_BUILD" "$house_prefix" --include='*.cmake' --include='*.pc')"
finish
