#!/bin/bash
# Rehearse a roll-out on a test domain: attach, upgrade, rollback, detach, with the status
# after each; then see that every setting of the domain, of its user profiles and of its
# spaces is, byte for byte, what it was before.
#
#   bash rehearse.sh DOMAIN BUCKET OLD-WHEEL NEW-WHEEL
#
# Needs the rights of iam/admin.json, and npx, aws and diff. No app is started or stopped;
# the wheels stay in the bucket and the installers in the account, for the real roll-out.
set -euo pipefail

if [ $# -ne 4 ]; then
  echo 'Usage: bash rehearse.sh DOMAIN BUCKET OLD-WHEEL NEW-WHEEL' >&2
  exit 2
fi
domain=$1 bucket=$2 old=$3 new=$4

governance() {
  printf '\n$ npx jupyterlab-sagemaker-governance %s\n' "$*"
  npx jupyterlab-sagemaker-governance "$@"
}

studio() {
  aws sagemaker "$1" --domain-id "$domain" "${@:2}" --output json
}

# All that SageMaker tells but the times of change, which every update sets.
settings() {
  {
    studio describe-domain
    aws sagemaker list-user-profiles --domain-id-equals "$domain" \
      --query 'UserProfiles[].[UserProfileName]' --output text |
      while read -r name; do
        studio describe-user-profile --user-profile-name "$name"
      done
    aws sagemaker list-spaces --domain-id-equals "$domain" \
      --query 'Spaces[].[SpaceName]' --output text |
      while read -r name; do
        studio describe-space --space-name "$name"
      done
  } | sed '/"LastModifiedTime"/d'
}

folder=$(mktemp -d)
detached=no
finish() {
  rm -rf "$folder"
  if [ "$detached" = no ]; then
    echo "The rehearsal ended half way. To take the installer out of $domain:" >&2
    echo "  npx jupyterlab-sagemaker-governance detach --domain-id $domain" >&2
  fi
}

settings > "$folder/before"
if grep -q '/sagemaker-governance-' "$folder/before"; then
  rm -rf "$folder"
  echo "Domain $domain has an installer already: rehearse on a domain without one." >&2
  exit 2
fi
trap finish EXIT

for wheel in "$old" "$new"; do
  governance publish --wheel "$wheel" --bucket "$bucket"
  governance attach --wheel "$wheel" --bucket "$bucket" --domain-id "$domain" --yes
  governance status --domain-id "$domain"
done
governance rollback --domain-id "$domain" --yes
governance status --domain-id "$domain"
governance detach --domain-id "$domain" --yes
detached=yes
settings > "$folder/after"

echo
if diff -u "$folder/before" "$folder/after"; then
  lines=$(wc -l < "$folder/before")
  echo "Rehearsed: all $((lines)) lines of settings of $domain are what they were."
else
  echo "The settings of $domain are not what they were; the lines above say which." >&2
  exit 1
fi
