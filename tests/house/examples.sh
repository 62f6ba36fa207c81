#!/bin/sh
# The examples on real input, against independent counts. Usage: examples.sh FOLDER, where FOLDER
# holds the built examples. TAP on standard output; exit status 1 if a case failed. Needs only the
# tools of a Debian base system.
# SPDX-License-Identifier: MIT
set -u
export LC_ALL=C
ulimit -c 0

if [ $# -ne 1 ] || [ ! -x "$1/wordcount" ]; then
    echo "usage: examples.sh FOLDER-OF-THE-BUILT-EXAMPLES" >&2
    exit 2
fi
examples=$(cd "$1" && pwd)
tree=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM
chmod 755 "$work"
cd "$work" || exit 2
part=1048576 # PART_SIZE of wordcount.c

number=0
failed=0

# report STATUS NAME [REASON]: one TAP line.
report() {
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        failed=$((failed + 1))
        echo "not ok $number - $2${3:+ ($3)}"
    fi
}

# separate: as words.h has it, punctuation beyond ASCII stands between words, for which tr has no eye:
# that of Latin-1 without its letters, U+2000 to U+207F without the joiners, U+3000 to U+303F.
separate() {
    sed -e 's/\xc2[\x80-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf]/ /g' \
        -e 's/\xe2\x80[\x80-\x8b\x8e-\xbf]/ /g' -e 's/\xe2\x81[\x80-\xbf]/ /g' \
        -e 's/\xe3\x80[\x80-\xbf]/ /g'
}

# reference FILE...: "count word" lines in wordcount's order.
reference() {
    cat -- "$@" | separate | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9\200-\377' '\n' | sort | uniq -c |
        awk '$2 != "" { print $1, $2 }' | sort -k1,1nr -k2,2
}

# counted OPTIONS... FILE...: wordcount's words in the same form; what it said else is in "said".
counted() {
    "$examples/wordcount" -o -n 100000000 "$@" 2> said | awk '{ print $1, $2 }'
}

# same NAME FILE...: right with 1, 2, 3 and 8 threads.
same() {
    name=$1
    shift
    reference "$@" > expected
    for threads in 1 2 3 8; do
        counted -j "$threads" "$@" > found
        if ! cmp -s expected found || [ -s said ]; then
            report 1 "$name" "differs with $threads threads"
            return
        fi
    done
    report 0 "$name"
}

# says NAME STATUS PATTERN ARGUMENTS...: this status and exactly one line on standard error, which
# matches the pattern; what it counted is in "found".
says() {
    name=$1 want=$2 pattern=$3
    shift 3
    "$examples/wordcount" "$@" > found 2> said
    status=$?
    lines=$(wc -l < said)
    if [ "$status" -ne "$want" ]; then
        report 1 "$name" "status $status"
    elif [ "$lines" -ne 1 ] || ! grep -q -- "$pattern" said; then
        report 1 "$name" "said: $(head -n 3 said)"
    else
        report 0 "$name"
    fi
}

# random_words LINES SEED
random_words() {
    awk -v lines="$1" -v seed="$2" 'BEGIN {
        srand(seed)
        for (i = 0; i < lines; i++) {
            line = ""
            for (j = int(rand() * 12); j >= 0; j--)
                line = line (rand() < 0.2 ? "The" : "w" int(exp(rand() * 12))) \
                    (rand() < 0.1 ? ", " : " ")
            print line
        }
    }'
}

# --- right counts ---------------------------------------------------------------------------------

random_words 2000 1 > small.txt
same "words of a small file" small.txt
# Texts as people write them. Which licences a machine has, and which marks they use, is its own matter.
same "words of this tree's documents" "$tree"/LICENSE "$tree"/*.md "$tree"/docs/*.md
licences=$(find -L /usr/share/common-licenses -type f -size +0 2> /dev/null)
if [ -n "$licences" ]; then
    same "words of Debian's licences" $licences
else
    report 0 "words of Debian's licences # SKIP none in /usr/share/common-licenses"
fi

random_words 180000 2 > large.txt
same "a file of several parts ($(($(wc -c < large.txt) / part)) MiB)" large.txt

bad=""
for shift in -9 -8 -7 -6 -5 -4 -3 -2 -1 0 1 2; do
    # a seven-letter word around the border between the first two parts, and one around the next
    yes "to be" | tr '\n' ' ' | head -c $((part + shift)) > border.txt
    printf ' divided ' >> border.txt
    yes "or not" | tr '\n' ' ' | head -c $((part - 9)) >> border.txt
    printf ' letters end' >> border.txt
    reference border.txt > expected
    counted -j 2 border.txt > found
    cmp -s expected found || bad="$bad $shift"
done
[ -z "$bad" ]
report $? "words at the parts' borders" "shifts$bad"

head -c $((3 * part + 17)) /dev/zero | tr '\0' 'q' > giant.txt
{ printf 'first '; cat giant.txt; printf ' last'; } > giant-between.txt
counted -j 4 giant-between.txt | awk '{ print $1, length($2) }' > found
printf '1 5\n1 4\n1 %d\n' $((3 * part + 17)) > expected
cmp -s expected found
report $? "one word longer than three parts" "$(head -n 4 found)"

head -c $((2 * part)) /dev/zero | tr '\0' ' ' > spaces.txt
[ -z "$(counted spaces.txt)" ] && [ ! -s said ]
report $? "a large file without a word"

printf 'no newline at the end' > no-newline.txt
same "no newline at the end" no-newline.txt
printf 'one\r\ntwo\r\nTwo\r\n' > crlf.txt
same "lines that end in CR LF" crlf.txt
printf '\n' > newline.txt
same "a newline alone" newline.txt

printf 'na\303\257ve \303\251t\303\251 \303\251t\303\251 \346\227\245\346\234\254 x\n' > utf8.txt
same "words in UTF-8" utf8.txt
# quotes U+201C U+201D, dash U+2014, NBSP U+00A0, full stop U+3002; joiner U+200D stays in its word
{
    printf '\342\200\234hello\342\200\235 hello\342\200\224world\302\240'
    printf 'hello\343\200\202world a\342\200\215b\n'
} > marks.txt
printf '3 hello\n2 world\n1 a\342\200\215b\n' > expected
counted marks.txt > found
cmp -s expected found
report $? "punctuation beyond ASCII" "$(cat found)"
# every mark of them, counted by hand: 61 of Latin-1, 126 and 64 of the others, between two words each
awk 'BEGIN {
    for (i = 128; i < 192; i++) {
        if (i != 170 && i != 181 && i != 186) printf "left%c%cright\n", 194, i
        if (i != 140 && i != 141) printf "left%c%c%cright\n", 226, 128, i
        printf "left%c%c%cright\nleft%c%c%cright\n", 226, 129, i, 227, 128, i
    }
}' > all-marks.txt
printf '251 left\n251 right\n' > expected
counted all-marks.txt > found
cmp -s expected found
report $? "every mark beyond ASCII stands between words" "$(head -n 4 found)"
same "every mark beyond ASCII, beside other text" all-marks.txt marks.txt utf8.txt
# what is beside those marks is a letter: U+00AA U+00B5 U+00BA U+00C0 U+1FFF U+200C U+200D U+2080 U+3040
printf 'a\302\252b a\302\265b a\302\272b a\303\200b a\341\277\277b a\342\200\214b a\342\200\215b ' > letters.txt
printf 'a\342\202\200b a\343\201\200b\n' >> letters.txt
counted letters.txt > found
[ "$(tr ' ' '\n' < letters.txt | sort)" = "$(sed 's/^1 //' found | sort)" ]
report $? "what is beside those marks is a letter" "$(head -n 9 found)"
# two-byte letters on both sides of every border, whether they begin at odd or at even offsets
printf 'x ' > wide.part
for i in 1 2 3 4 5 6 7; do printf '\303\251\303\251\303\251 '; done >> wide.part
while [ "$(wc -c < wide.part)" -lt $((part * 2)) ]; do
    cat wide.part wide.part wide.part > wide.next && mv wide.next wide.part
done
{ printf 'y'; cat wide.part; } > wide.txt
same "UTF-8 at the parts' borders" wide.part wide.txt
printf 'caf\351 \377\376 ok\n' > latin1.txt
same "bytes that are no UTF-8" latin1.txt

for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cat large.txt; done > huge.txt
same "a huge file ($(($(wc -c < huge.txt) / part)) MiB)" huge.txt

mkdir many
i=0
while [ $i -lt 3000 ]; do
    echo "file number $i of many files" > "many/$i"
    i=$((i + 1))
done
same "3000 files" many/*
same "small and large files together" many/1* large.txt small.txt many/2* utf8.txt

# --- the tables -----------------------------------------------------------------------------------

"$examples/wordcount" -j 3 -n 5 large.txt small.txt > found 2> said
report $? "tables: exit status 0"
[ "$(grep -c '^count-[123] ' found)" -eq 3 ]
report $? "tables: a line for each thread"
awk '/^count-/ { f += $3; p += $4; b += $5; w += $6; ids[$2]++ }
     /^all / { good = f == $2 && p == $3 && b == $4 && w == $5 && f == 2 }
     END { for (id in ids) n++; exit !(good && n == 3) }' found
report $? "tables: the threads' work adds up, ids differ"
awk -v size="$(cat large.txt small.txt | wc -c)" '/^all / { exit $4 != size }' found
report $? "tables: every byte was read once"
grep -q 'again: 1 thread .* ms, 3 threads .* times as fast' found
report $? "tables: compared with one thread"
[ "$(sed '/^$/,$d' found | wc -l)" -eq 5 ]
report $? "-n 5 prints five words"
[ "$("$examples/wordcount" -o small.txt | wc -l)" -eq 10 ]
report $? "ten words without -n"
"$examples/wordcount" -h > found 2> said && grep -q '^usage: ' found && [ ! -s said ]
report $? "-h"

# --- bad input ------------------------------------------------------------------------------------

mkdir folder
: > empty.txt
printf 'some\0bytes' > binary.bin
mkfifo fifo
echo "good good words" > good.txt

says "no such file" 1 'no-such-file: no such file' no-such-file
says "a directory" 1 'folder: is a directory' folder
says "a binary file" 1 'binary.bin: a binary file' binary.bin
says "an empty file" 1 'empty.txt: empty' empty.txt
says "a pipe" 1 'fifo: not a regular file' fifo
says "a file as a folder" 1 'good.txt/x: ' good.txt/x
says "no arguments" 2 'which files' 
says "no files after options" 2 'which files' -j 2
says "an unknown option" 2 'unknown option -x' -x good.txt
says "-j 0" 2 '-j wants' -j 0 good.txt
says "-j with a word" 2 '-j wants' -j two good.txt
says "-j too many" 2 '-j wants' -j 257 good.txt
says "-j with nothing" 2 '-j wants' -j
says "-n below zero" 2 '-n wants' -n -1 good.txt
says "-n far too many" 2 '-n wants' -n 99999999999999999999999 good.txt
says "a bad file is named once though counted thrice" 1 'empty.txt: empty' -j 2 empty.txt good.txt

"$examples/wordcount" -o no-such-file folder good.txt binary.bin empty.txt > found 2> said
[ $? -eq 1 ] && [ "$(awk '{ print $1, $2 }' found | tr '\n' ' ')" = "2 good 1 words " ] &&
    [ "$(wc -l < said)" -eq 4 ]
report $? "the good files are counted beside four bad ones"
cp good.txt ./-file
[ "$("$examples/wordcount" -o -- -file | awk 'NR == 1 { print $2 }')" = good ]
report $? "-- ends the options"

chmod 000 good.txt
if cat good.txt > /dev/null 2>&1; then # root may read everything: become somebody else
    cp "$examples/wordcount" ./wordcount
    if setpriv --reuid=65534 --clear-groups true 2> /dev/null; then
        setpriv --reuid=65534 --clear-groups ./wordcount -o good.txt small.txt > found 2> said
        [ $? -eq 1 ] && grep -q 'good.txt: permission denied' said && [ "$(wc -l < found)" -eq 10 ]
        report $? "an unreadable file"
    else
        report 0 "an unreadable file # SKIP nobody else to be"
    fi
else
    says "an unreadable file" 1 'good.txt: permission denied' good.txt small.txt
fi
chmod 644 good.txt

if [ -c /dev/full ]; then
    "$examples/wordcount" good.txt > /dev/full 2> said
    [ $? -eq 1 ] && grep -q 'could not be written' said
    report $? "a full disk"
fi

# --- tls ------------------------------------------------------------------------------------------

"$examples/tls" > found 2> said && grep -q '^every thread saw its own$' found && [ ! -s said ]
report $? "tls"
"$examples/tls" 12345 > found 2> said && grep -q 'seed 12345' found && grep -q ' 0 wrong' found
report $? "tls with a seed"
"$examples/tls" nonsense > found 2> said
[ $? -eq 2 ] && [ -s said ]
report $? "tls with a wrong seed"

# --- die ------------------------------------------------------------------------------------------

"$examples/die" > found 2> said
report $? "die: each case gives its report" \
    "$(grep -B 1 -A 1 -e 'no report' -e 'hung' -e 'ended with' found | tr '\n' ' ')"
for case in $("$examples/die" -l); do
    # in a shell of its own, whose word on the abort goes elsewhere
    sh -c '(exec "$0" "$1" 2>&3); exit $?' "$examples/die" "$case" 3> said 2> /dev/null
    status=$?
    [ "$status" -eq 134 ] && [ "$(wc -l < said)" -eq 1 ] && grep -q '^thrum: ' said
    report $? "die $case: one line, then abort" "status $status: $(head -n 2 said)"
done
"$examples/die" no-such-case > found 2> said
[ $? -eq 2 ] && [ "$(wc -l < said)" -eq 1 ]
report $? "die with an unknown case"

echo "1..$number"
echo "# $((number - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
