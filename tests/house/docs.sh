#!/usr/bin/env bash
# tools/docs renders every page, and no link in what it makes leads nowhere.
. "$(dirname "$0")/house.sh"

if ! command -v mandoc >/dev/null; then
    skip "tools/docs" "there is no mandoc"
    finish
fi
docs=$house_temp/docs
runs "tools/docs" "$HOUSE_SOURCE/tools/docs" "$docs"
cd "$docs" || exit 1
[ -f index.html ] || finish
for page in "$HOUSE_SOURCE"/man/*.[37]; do
    page=$(basename "$page").html
    [ -s "$page" ] || echo "$page is missing"
    grep -qF "<dt><a href=\"$page\">" index.html || echo "$page is not in the index"
done >faults
nothing "every page is rendered and in the index" "$(cat faults)"

# Each link is to a file, and where it names a place, to that place in it.
for page in *.html; do
    grep -oE '(href|src)="[^"]*"' "$page" | sed -E 's/^[a-z]+="(.*)"$/\1/' | sort -u |
        while read -r link; do
            file=${link%%#*}
            if [ ! -f "${file:-$page}" ]; then
                echo "$page: $link"
            elif [ "$link" != "$file" ] && ! grep -qF "id=\"${link#*#}\"" "${file:-$page}"; then
                echo "$page: $link"
            fi
        done
done >faults
nothing "no link dangles" "$(cat faults)"
[ "$(cat ./*.html | grep -c 'class="Xr" href=')" -ge 100 ] && pass "the pages are linked" ||
    fail "the pages are linked"
finish
