#!/bin/sh
# Runs `interlock check`, and ends with 0 only if there is an answer that says so.
#
#   run-check.sh PROGRAM [ARGUMENT OF `interlock check`]..
#
# The GitHub action, the GitLab job and the Argo CD hook call it; in an archive and an image it is
# `interlock-run-check`. Exit codes are those of `interlock check`. What is none of them (a program that is
# not there, was killed or crashed), and a 0 without every report that was asked for, is 3.
# Revisions and settings come in the environment, where no shell reads them: INTERLOCK_BASE and the others.
# Backticks in messages are quotation marks.
# shellcheck disable=SC2016
set -u

fail() {
    printf 'error: %s\nhelp: %s\n' "$1" "$2" >&2
    exit 3
}

# Calls a function with the file of each `--format NAME=FILE` of the arguments after it.
each_report() {
    act=$1 before=''
    shift
    for argument in "$@"; do
        case $before:$argument in
            --format:*=*) "$act" "${argument#*=}" ;;
            *:--format=*) fail '`--format=..` in one word' 'write it as two: `--format NAME=FILE`' ;;
        esac
        before=$argument
    done
}

# A report of an earlier run is none of this one, and a link that a change brought leads elsewhere.
forget() {
    rm -f -- "$1" "$1.part" || fail "\`$1\` is in the way of a report" 'name another file'
}

written() {
    if [ ! -f "$1" ] || [ -L "$1" ] || [ ! -s "$1" ]; then
        fail "interlock ended with 0 and wrote nothing to \`$1\`" 'nothing was judged; look at what stands above'
    fi
}

[ "$#" -ge 1 ] || fail 'no program is named' 'call `run-check.sh interlock --format text`'
program=$1
shift
command -v -- "$program" >/dev/null || fail 'there is no `interlock` to ask' 'install it, or name where it is'
# What is set and empty was meant to say something: without it, less would be judged than somebody thinks.
[ -n "${INTERLOCK_BASE-set}" ] || fail '`INTERLOCK_BASE` is empty' 'set it to what the change is compared with'
[ -n "${INTERLOCK_HEAD-set}" ] || fail '`INTERLOCK_HEAD` is empty' 'set it to the commit that is proposed'
# Left empty, these have a default.
[ -n "${INTERLOCK_POLICY_SET-}" ] || unset INTERLOCK_POLICY_SET
[ -n "${INTERLOCK_ASKED_AT-}" ] || unset INTERLOCK_ASKED_AT
[ -n "${INTERLOCK_FAIL_ON-}" ] || unset INTERLOCK_FAIL_ON

folder=$(mktemp -d) || fail 'there is no folder for temporary files' 'set TMPDIR to one that can be written'
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 3' HUP INT TERM
# Whoever asks only for text gets a report, too: it is how one knows that there was an answer.
own=$folder/report.json
each_report forget "$@"

code=0
"$program" check "$@" --format "json=$own" </dev/null || code=$?
case $code in
    0) ;;
    1 | 2 | 3) exit "$code" ;;
    *) fail "\`interlock\` ended with $code, which is none of its exit codes" 'it was killed, or does not run here' ;;
esac
each_report written "$@"
if ! grep -q '"interlock\.report/' "$own" 2>/dev/null; then
    fail 'interlock ended with 0 and no report' 'nothing was judged; see which program is called'
fi
