#!/usr/bin/env bash
# make_history.sh DIR: a git repository in DIR (which must not exist, or be empty) with the rules of examples/abm as `main` and a branch for each
# change that docs/review.md reviews. Nothing outside of DIR is touched; the commits are the same each time.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
[ $# = 1 ] || { echo "make_history.sh: needs the DIR to make" >&2; exit 2; }
mkdir -p "$1"
[ -z "$(ls -A "$1")" ] || { echo "make_history.sh: $1 is not empty" >&2; exit 2; }
cp -R "$here/../abm/." "$1"
cd "$1"
rm -rf .segue __pycache__
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE

# commit NAME DAY MESSAGE: all that changed, by one of the team.
commit() {
  git add -A
  GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@example.com GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$1@example.com \
    GIT_AUTHOR_DATE="2026-11-$2T09:00:00Z" GIT_COMMITTER_DATE="2026-11-$2T09:00:00Z" git commit -q -m "$3"
}

# branch NAME: starts one from main.
branch() { git switch -q -c "$1" main; }

# replace FILE OLD NEW: changes a text that must stand in the file just once.
replace() {
  python3 - "$@" <<'PY'
import sys
path, old, new = sys.argv[1:]
text = open(path, encoding="utf-8").read()
if text.count(old) != 1:
    sys.exit(f"make_history.sh: {path} holds {old!r} {text.count(old)} times")
open(path, "w", encoding="utf-8").write(text.replace(old, new))
PY
}

git init -q -b main
commit ada 02 "The rules of marketing operations"

branch refactoring
replace segments/blocks.seg 'define buyer =' '## Mid-sized or larger, which is where our field teams start.
define worth_a_visit = employees >= 50

define buyer ='
replace segments/geographic.seg 'where hq_country in dach and employees >= 50
  except off_limits' 'where worth_a_visit and hq_country in dach
  except off_limits'
replace segments/geographic.seg 'where hq_country in nordics and employees >= 50
  except off_limits' 'where worth_a_visit and hq_country in nordics and not off_limits'
commit ben 03 "Say once what is worth a visit"

branch widening
replace segments/blocks.seg 'define off_limits = customer or partner or competitor' 'define off_limits = customer or partner'
commit ben 04 "Competitors have a list of their own"

branch unknown-plan
replace segments/geographic.seg 'where hq_country in dach and employees >= 50' 'where hq_country in dach and employees >= 50 and plan != team'
commit cleo 05 "No team plans in the DACH campaign"

branch shadowed-tier
replace segments/tiers.seg '  programmatic "Tier 3": icp
' '  hot "Tier 2, hot": fit >= 80 and any(events within last 14 days where on_topic)
  programmatic "Tier 3": icp
'
commit dora 06 "A tier for the hot ones"

branch removed-value
replace schema.yaml 'values: [early_adopter, pragmatist, conservative]' 'values: [early_adopter, conservative]'
commit dora 07 "Nobody asks for pragmatists any more"

git switch -q main
