# TAB completion of cpa-image, written by `cpa-image completion bash`.
# Commands, options and fixed values complete without starting the program. Do not edit: --install replaces it.

# Sets what may follow the command $1: its commands, its options, and those options that take a value.
_cpa_image_command() {
    commands='' options='' valued=''
    case $1 in
        '') commands='generate edit batch wait stop show inspect compare strip history gallery config models doctor completion mcp skill schema sandbox help' options='--version --sandbox --help -h' ;;
        'generate') options='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --force -f --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --invert-mask --keep-outside --mask-as-picture --max-edge --no-resize --keep-metadata --max-upload --with-history --model -m --base-url --profile --instructions --session-id --stream --no-stream --fetch-url --no-fetch-url --allow-image-model --retries --timeout --max-wait --retry-unknown --json --jsonl --quiet -q --verbose -v --preview --open --copy --notify --no-history --ledger --max-requests --ask-anyway --detach --request-id --dry-run --sandbox --scenario --help -h' valued='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --max-edge --max-upload --model -m --base-url --profile --instructions --session-id --retries --timeout --max-wait --preview --ledger --max-requests --request-id --scenario' ;;
        'edit') options='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --force -f --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --invert-mask --keep-outside --mask-as-picture --max-edge --no-resize --keep-metadata --max-upload --with-history --model -m --base-url --profile --instructions --session-id --stream --no-stream --fetch-url --no-fetch-url --allow-image-model --retries --timeout --max-wait --retry-unknown --json --jsonl --quiet -q --verbose -v --preview --open --copy --notify --no-history --ledger --max-requests --ask-anyway --detach --request-id --dry-run --sandbox --scenario --help -h' valued='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --max-edge --max-upload --model -m --base-url --profile --instructions --session-id --retries --timeout --max-wait --preview --ledger --max-requests --request-id --scenario' ;;
        'batch') options='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --force -f --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --invert-mask --keep-outside --mask-as-picture --max-edge --no-resize --keep-metadata --max-upload --with-history --model -m --base-url --profile --instructions --session-id --stream --no-stream --fetch-url --no-fetch-url --allow-image-model --retries --timeout --max-wait --retry-unknown --json --jsonl --quiet -q --verbose -v --preview --open --copy --notify --no-history --ledger --max-requests --ask-anyway --detach --request-id --dry-run --sandbox --scenario --again --help -h' valued='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --max-edge --max-upload --model -m --base-url --profile --instructions --session-id --retries --timeout --max-wait --preview --ledger --max-requests --request-id --scenario --again' ;;
        'wait') options='--timeout --quiet -q --json --ledger --help -h' valued='--timeout --ledger' ;;
        'stop') options='--quiet -q --json --ledger --help -h' valued='--ledger' ;;
        'show') options='--width --height --protocol --help -h' valued='--width --height --protocol' ;;
        'inspect') options='--json --ledger --help -h' valued='--ledger' ;;
        'compare') options='--html --json --ledger --help -h' valued='--html --ledger' ;;
        'strip') options='--output -o --credentials --json --help -h' valued='--output -o' ;;
        'history') commands='list show open path rerun stats export forget prune' options='--help -h' ;;
        'history list') options='--search -s --failed --running --unknown --since --model -m --limit -n --thumbnails --json --ledger --help -h' valued='--search -s --since --model -m --limit -n --ledger' ;;
        'history show') options='--preview --json --ledger --help -h' valued='--preview --ledger' ;;
        'history open') options='--json --ledger --help -h' valued='--ledger' ;;
        'history path') options='--json --ledger --help -h' valued='--ledger' ;;
        'history rerun') options='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --force -f --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --invert-mask --keep-outside --mask-as-picture --max-edge --no-resize --keep-metadata --max-upload --with-history --model -m --base-url --profile --instructions --session-id --stream --no-stream --fetch-url --no-fetch-url --allow-image-model --retries --timeout --max-wait --retry-unknown --json --jsonl --quiet -q --verbose -v --preview --open --copy --notify --no-history --ledger --max-requests --ask-anyway --detach --request-id --dry-run --sandbox --scenario --yes -y --no-sandbox --help -h' valued='--prompt --prompt-file --count -n --jobs -j --output -o --format --if-exists --name-template --provenance --prices --size --quality --complexity --background --output-compression --moderation --partial-images --image-model --action --input-fidelity --image -i --mask --max-edge --max-upload --model -m --base-url --profile --instructions --session-id --retries --timeout --max-wait --preview --ledger --max-requests --request-id --scenario' ;;
        'history stats') options='--since --model -m --sandbox --by --json --ledger --help -h' valued='--since --model -m --by --ledger' ;;
        'history export') options='--search -s --failed --since --model -m --json --ledger --help -h' valued='--search -s --since --model -m --ledger' ;;
        'history forget') options='--delete-picture --json --ledger --help -h' valued='--ledger' ;;
        'history prune') options='--older-than --missing --dry-run --yes -y --json --ledger --help -h' valued='--older-than --ledger' ;;
        'gallery') options='--output -o --open --search -s --failed --since --model -m --ledger --help -h' valued='--output -o --search -s --since --model -m --ledger' ;;
        'config') commands='show path init edit get set unset profile' options='--help -h' ;;
        'config show') options='--profile --all --json --help -h' valued='--profile' ;;
        'config path') options='--help -h' ;;
        'config init') options='--base-url --model -m --api-key-env --api-key-command --no-key --format --output-dir --profile --yes -y --no-test --help -h' valued='--base-url --model -m --api-key-env --api-key-command --format --output-dir --profile' ;;
        'config edit') options='--help -h' ;;
        'config get') options='--profile --help -h' valued='--profile' ;;
        'config set') options='--profile --help -h' valued='--profile' ;;
        'config unset') options='--profile --help -h' valued='--profile' ;;
        'config profile') commands='list use remove' options='--help -h' ;;
        'config profile list') options='--json --help -h' ;;
        'config profile use') options='--help -h' ;;
        'config profile remove') options='--yes -y --help -h' ;;
        'models') options='--base-url --profile --json --help -h' valued='--base-url --profile' ;;
        'doctor') options='--live --base-url --model -m --profile --forget --json --help -h' valued='--base-url --model -m --profile' ;;
        'completion') options='--install --uninstall --export --help -h' valued='--export' ;;
        'mcp') options='--allow --help -h' valued='--allow' ;;
        'skill') commands='show install status uninstall' options='--help -h' ;;
        'skill show') options='--help -h' ;;
        'skill install') options='--agent --scope --dry-run --force -f --json --help -h' valued='--agent --scope' ;;
        'skill status') options='--agent --scope --json --help -h' valued='--agent --scope' ;;
        'skill uninstall') options='--agent --scope --dry-run --force -f --json --help -h' valued='--agent --scope' ;;
        'schema') options='--help -h' ;;
        'sandbox') options='--port --scenario --pace --list --json --help -h' valued='--port --scenario --pace' ;;
        'help') options='--json --man --help -h' ;;
    esac
}

# Sets what may stand at $1: a command, and one of its options or the number of a place.
_cpa_image_offer() {
    case $1 in
        'generate --prompt-file') files=1 ;;
        'generate --output'|'generate -o') files=1 ;;
        'generate --format') words='png jpeg webp gif avif svg' ;;
        'generate --if-exists') words='error overwrite number' ;;
        'generate --provenance') words='history sidecar embed' ;;
        'generate --prices') files=1 ;;
        'generate --size') words='auto 1024x1024 1024x1536 1536x1024 2048x2048 2048x1152 3840x2160 2160x3840' ;;
        'generate --quality') words='auto low medium high xhigh max' ;;
        'generate --complexity') words='low medium high' ;;
        'generate --background') words='auto transparent opaque' ;;
        'generate --moderation') words='auto low' ;;
        'generate --partial-images') words='0 1 2 3' ;;
        'generate --image-model') words='gpt-image-2.6-sunburst gpt-image-2.6-flare gpt-image-2.5-sunburst gpt-image-2.5-flare gpt-image-2 gpt-image-1.5 gpt-image-1-mini chatgpt-image-latest' ;;
        'generate --action') words='auto generate edit' ;;
        'generate --input-fidelity') words='low high' ;;
        'generate --image'|'generate -i') question=pictures ;;
        'generate --mask') question=pictures ;;
        'generate --model'|'generate -m') question=models ;;
        'generate --profile') question=profiles ;;
        'generate --preview') words='auto always never' ;;
        'generate --ledger') files=1 ;;
        'generate --scenario') words='ok frames ok-item-only ok-final-only another-at-the-end damaged-then-sound json-for-stream sse-for-json wrong-content-type in-envelope blank-lines-then-ok data-only event-names-lie crlf cr bom several-data-lines no-final-blank-line done-marker keepalives unknown-events null-fields tools-null status-generating incomplete-with-picture filtered-after-image two-images jpeg-for-png webp-for-png gif avif svg wrong-size wrong-quality all-differs unpadded-base64 data-url escaped-slashes wrapped-base64 huge-line gzip byte-by-byte slow late-error-after-image late-failed-after-image late-bare-error-after-image eof-after-image close-after-image bad-chunk-after-image close-after-all mask-ignored not-edited edit-smaller edit-larger edit-other-shape same-bytes-twice mask-refused mask-refused-detail mask-refused-bare invalid-image too-many-patches input-moderated upload-too-large-code upload-cut-off tools-empty-then-ok tools-empty no-tool-in-words text-with-tools text-then-ok text-tools-unknown picture-in-prose refusal refusal-part empty-output image-failed image-failed-then-ok output-missing partials-only max-output-tokens content-filter url-instead damaged-png cut-short-png no-end-png bomb-png gif-for-png avif-for-png svg-for-png bmp-for-png not-a-picture not-base64 rate-limited-then-ok rate-limited rate-limit-in-stream-then-ok rate-limit-flat-event rate-limit-nested-event rate-limit-bare-event rate-limit-in-200 request-too-large limit-zero usage-limit usage-limit-resets-at usage-limit-top-level usage-limit-in-stream usage-not-included quota billing-limit billing-not-active quota-exceeded insufficient-balance billing-error quota-before-consuming balance-in-500 quota-used-up-in-stream out-of-credits workspace-deactivated rate-limited-12ms delay-350ms delay-12.5s rate-limited-1m5s delay-in-seconds delay-after-seconds delay-retry-in delay-retry-after-0 delay-1s-and-more delay-6m0s delay-2h3m delay-1m2.639999999s delay-reset-after delay-please-wait delay-in-chinese delay-in-chinese-long delay-until-a-moment daily-limit daily-limit-soon rate-limited-no-delay daily-limit-no-delay too-many-requests weekly-limit-no-delay monthly-limit-no-delay too-many-requests-always retry-after-header retry-after-ms-header retry-after-date-soon retry-after-date ratelimit-reset-header ratelimit-reset-header-short ratelimit-reset-header-long delay-field delay-field-camel delay-field-beside delay-in-details quota-reset-delay reset-at-a-moment model-cooldown-then-ok model-cooldown-reset-time model-cooldown-long moderation moderation-in-stream moderation-in-500 nested-json-error moderation-nested-event content-policy image-policy-in-stream invalid-prompt bio-policy misalignment-policy azure-content-filter content-management-policy content-review-in-stream against-the-rules cyber-policy bad-key missing-key example-key upstream-login upstream-token token-expired refresh-token-reused unauthorised-in-200 account-deactivated group-without-images group-disabled forbidden-called-quota cf-challenge not-found-empty model-unknown image-only-model auth-not-found auth-unavailable auth-unavailable-then-ok redirect redirect-to-login bad-size size-off-grid bad-background tool-choice tool-unsupported tool-unknown image-model-gone model-not-in-plan version-too-old store-must-be-false unsupported-parameter detail-list detail-json message-only code-is-a-number text-400 stale-item context-too-large context-too-large-code too-large server-error-then-ok server-error server-error-in-stream server-error-empty blank-lines-then-error error-in-a-list upstream-error overloaded overloaded-503 overloaded-502 at-capacity html-502 html-520 html-522 html-in-json html-524 html-504 stream-disconnected upstream-closed html-200 garbage rate-limited-event request-too-large-event limit-zero-event daily-limit-event too-many-requests-event usage-not-included-event quota-event billing-limit-event billing-not-active-event content-policy-event invalid-prompt-event cyber-policy-event bio-policy-event misalignment-policy-event upstream-login-event upstream-token-event token-expired-event refresh-token-reused-event account-deactivated-event group-without-images-event cf-challenge-event model-unknown-event image-only-model-event auth-not-found-event auth-unavailable-event bad-size-event size-off-grid-event bad-background-event tool-choice-event tool-unknown-event model-not-in-plan-event version-too-old-event store-must-be-false-event unsupported-parameter-event detail-json-event stale-item-event context-too-large-event context-too-large-code-event server-error-event upstream-error-event overloaded-event overloaded-503-event at-capacity-event html-502-event html-504-event html-520-event html-522-event html-524-event stream-disconnected-event upstream-closed-event tool-unsupported-event image-model-gone-event detail-lost-event data-residency-event vector-store-timeout-event model-cooldown-event input-invalid input-invalid-format input-invalid-base64 input-invalid-url input-too-large input-too-small input-parse-error input-invalid-mode input-file-too-large input-unsupported-media-type input-empty-file input-failed-to-download input-file-not-found eof-before-image eof-inside-image close-before-image close-inside-image eof-after-frames bad-chunk truncated-gzip no-answer reset reset-inside-image stall stall-before-image stall-inside-image endless images-api-shape output-image image-url-object markdown-picture chat-images result-list result-object b64-json-call json-in-a-string status-and-body comment-then-picture events-run-together preview-beside-the-picture preview-elsewhere url-safe-base64 gzip-in-name-only br-in-name-only zstd-in-name-only deflate-in-name-only codings-in-name-only gzip-unannounced br zstd comment-then-error json-line-in-stream error-field data-data data-error-words errors-run-together json-twice json-then-done event-cut-then-error event-error-words comment-then-refusal words-in-stream cause-in-metadata cause-in-body not-understood url-in-call url-in-data url-in-words still-queued still-in-progress task-submitted task-in-data accepted framing-header-twice space-in-a-header' ;;
        'edit --prompt-file') files=1 ;;
        'edit --output'|'edit -o') files=1 ;;
        'edit --format') words='png jpeg webp gif avif svg' ;;
        'edit --if-exists') words='error overwrite number' ;;
        'edit --provenance') words='history sidecar embed' ;;
        'edit --prices') files=1 ;;
        'edit --size') words='auto 1024x1024 1024x1536 1536x1024 2048x2048 2048x1152 3840x2160 2160x3840' ;;
        'edit --quality') words='auto low medium high xhigh max' ;;
        'edit --complexity') words='low medium high' ;;
        'edit --background') words='auto transparent opaque' ;;
        'edit --moderation') words='auto low' ;;
        'edit --partial-images') words='0 1 2 3' ;;
        'edit --image-model') words='gpt-image-2.6-sunburst gpt-image-2.6-flare gpt-image-2.5-sunburst gpt-image-2.5-flare gpt-image-2 gpt-image-1.5 gpt-image-1-mini chatgpt-image-latest' ;;
        'edit --action') words='auto generate edit' ;;
        'edit --input-fidelity') words='low high' ;;
        'edit --image'|'edit -i') question=pictures ;;
        'edit --mask') question=pictures ;;
        'edit --model'|'edit -m') question=models ;;
        'edit --profile') question=profiles ;;
        'edit --preview') words='auto always never' ;;
        'edit --ledger') files=1 ;;
        'edit --scenario') words='ok frames ok-item-only ok-final-only another-at-the-end damaged-then-sound json-for-stream sse-for-json wrong-content-type in-envelope blank-lines-then-ok data-only event-names-lie crlf cr bom several-data-lines no-final-blank-line done-marker keepalives unknown-events null-fields tools-null status-generating incomplete-with-picture filtered-after-image two-images jpeg-for-png webp-for-png gif avif svg wrong-size wrong-quality all-differs unpadded-base64 data-url escaped-slashes wrapped-base64 huge-line gzip byte-by-byte slow late-error-after-image late-failed-after-image late-bare-error-after-image eof-after-image close-after-image bad-chunk-after-image close-after-all mask-ignored not-edited edit-smaller edit-larger edit-other-shape same-bytes-twice mask-refused mask-refused-detail mask-refused-bare invalid-image too-many-patches input-moderated upload-too-large-code upload-cut-off tools-empty-then-ok tools-empty no-tool-in-words text-with-tools text-then-ok text-tools-unknown picture-in-prose refusal refusal-part empty-output image-failed image-failed-then-ok output-missing partials-only max-output-tokens content-filter url-instead damaged-png cut-short-png no-end-png bomb-png gif-for-png avif-for-png svg-for-png bmp-for-png not-a-picture not-base64 rate-limited-then-ok rate-limited rate-limit-in-stream-then-ok rate-limit-flat-event rate-limit-nested-event rate-limit-bare-event rate-limit-in-200 request-too-large limit-zero usage-limit usage-limit-resets-at usage-limit-top-level usage-limit-in-stream usage-not-included quota billing-limit billing-not-active quota-exceeded insufficient-balance billing-error quota-before-consuming balance-in-500 quota-used-up-in-stream out-of-credits workspace-deactivated rate-limited-12ms delay-350ms delay-12.5s rate-limited-1m5s delay-in-seconds delay-after-seconds delay-retry-in delay-retry-after-0 delay-1s-and-more delay-6m0s delay-2h3m delay-1m2.639999999s delay-reset-after delay-please-wait delay-in-chinese delay-in-chinese-long delay-until-a-moment daily-limit daily-limit-soon rate-limited-no-delay daily-limit-no-delay too-many-requests weekly-limit-no-delay monthly-limit-no-delay too-many-requests-always retry-after-header retry-after-ms-header retry-after-date-soon retry-after-date ratelimit-reset-header ratelimit-reset-header-short ratelimit-reset-header-long delay-field delay-field-camel delay-field-beside delay-in-details quota-reset-delay reset-at-a-moment model-cooldown-then-ok model-cooldown-reset-time model-cooldown-long moderation moderation-in-stream moderation-in-500 nested-json-error moderation-nested-event content-policy image-policy-in-stream invalid-prompt bio-policy misalignment-policy azure-content-filter content-management-policy content-review-in-stream against-the-rules cyber-policy bad-key missing-key example-key upstream-login upstream-token token-expired refresh-token-reused unauthorised-in-200 account-deactivated group-without-images group-disabled forbidden-called-quota cf-challenge not-found-empty model-unknown image-only-model auth-not-found auth-unavailable auth-unavailable-then-ok redirect redirect-to-login bad-size size-off-grid bad-background tool-choice tool-unsupported tool-unknown image-model-gone model-not-in-plan version-too-old store-must-be-false unsupported-parameter detail-list detail-json message-only code-is-a-number text-400 stale-item context-too-large context-too-large-code too-large server-error-then-ok server-error server-error-in-stream server-error-empty blank-lines-then-error error-in-a-list upstream-error overloaded overloaded-503 overloaded-502 at-capacity html-502 html-520 html-522 html-in-json html-524 html-504 stream-disconnected upstream-closed html-200 garbage rate-limited-event request-too-large-event limit-zero-event daily-limit-event too-many-requests-event usage-not-included-event quota-event billing-limit-event billing-not-active-event content-policy-event invalid-prompt-event cyber-policy-event bio-policy-event misalignment-policy-event upstream-login-event upstream-token-event token-expired-event refresh-token-reused-event account-deactivated-event group-without-images-event cf-challenge-event model-unknown-event image-only-model-event auth-not-found-event auth-unavailable-event bad-size-event size-off-grid-event bad-background-event tool-choice-event tool-unknown-event model-not-in-plan-event version-too-old-event store-must-be-false-event unsupported-parameter-event detail-json-event stale-item-event context-too-large-event context-too-large-code-event server-error-event upstream-error-event overloaded-event overloaded-503-event at-capacity-event html-502-event html-504-event html-520-event html-522-event html-524-event stream-disconnected-event upstream-closed-event tool-unsupported-event image-model-gone-event detail-lost-event data-residency-event vector-store-timeout-event model-cooldown-event input-invalid input-invalid-format input-invalid-base64 input-invalid-url input-too-large input-too-small input-parse-error input-invalid-mode input-file-too-large input-unsupported-media-type input-empty-file input-failed-to-download input-file-not-found eof-before-image eof-inside-image close-before-image close-inside-image eof-after-frames bad-chunk truncated-gzip no-answer reset reset-inside-image stall stall-before-image stall-inside-image endless images-api-shape output-image image-url-object markdown-picture chat-images result-list result-object b64-json-call json-in-a-string status-and-body comment-then-picture events-run-together preview-beside-the-picture preview-elsewhere url-safe-base64 gzip-in-name-only br-in-name-only zstd-in-name-only deflate-in-name-only codings-in-name-only gzip-unannounced br zstd comment-then-error json-line-in-stream error-field data-data data-error-words errors-run-together json-twice json-then-done event-cut-then-error event-error-words comment-then-refusal words-in-stream cause-in-metadata cause-in-body not-understood url-in-call url-in-data url-in-words still-queued still-in-progress task-submitted task-in-data accepted framing-header-twice space-in-a-header' ;;
        'edit '[0-9]*) question=pictures ;;
        'batch --prompt-file') files=1 ;;
        'batch --output'|'batch -o') files=1 ;;
        'batch --format') words='png jpeg webp gif avif svg' ;;
        'batch --if-exists') words='error overwrite number' ;;
        'batch --provenance') words='history sidecar embed' ;;
        'batch --prices') files=1 ;;
        'batch --size') words='auto 1024x1024 1024x1536 1536x1024 2048x2048 2048x1152 3840x2160 2160x3840' ;;
        'batch --quality') words='auto low medium high xhigh max' ;;
        'batch --complexity') words='low medium high' ;;
        'batch --background') words='auto transparent opaque' ;;
        'batch --moderation') words='auto low' ;;
        'batch --partial-images') words='0 1 2 3' ;;
        'batch --image-model') words='gpt-image-2.6-sunburst gpt-image-2.6-flare gpt-image-2.5-sunburst gpt-image-2.5-flare gpt-image-2 gpt-image-1.5 gpt-image-1-mini chatgpt-image-latest' ;;
        'batch --action') words='auto generate edit' ;;
        'batch --input-fidelity') words='low high' ;;
        'batch --image'|'batch -i') question=pictures ;;
        'batch --mask') question=pictures ;;
        'batch --model'|'batch -m') question=models ;;
        'batch --profile') question=profiles ;;
        'batch --preview') words='auto always never' ;;
        'batch --ledger') files=1 ;;
        'batch --scenario') words='ok frames ok-item-only ok-final-only another-at-the-end damaged-then-sound json-for-stream sse-for-json wrong-content-type in-envelope blank-lines-then-ok data-only event-names-lie crlf cr bom several-data-lines no-final-blank-line done-marker keepalives unknown-events null-fields tools-null status-generating incomplete-with-picture filtered-after-image two-images jpeg-for-png webp-for-png gif avif svg wrong-size wrong-quality all-differs unpadded-base64 data-url escaped-slashes wrapped-base64 huge-line gzip byte-by-byte slow late-error-after-image late-failed-after-image late-bare-error-after-image eof-after-image close-after-image bad-chunk-after-image close-after-all mask-ignored not-edited edit-smaller edit-larger edit-other-shape same-bytes-twice mask-refused mask-refused-detail mask-refused-bare invalid-image too-many-patches input-moderated upload-too-large-code upload-cut-off tools-empty-then-ok tools-empty no-tool-in-words text-with-tools text-then-ok text-tools-unknown picture-in-prose refusal refusal-part empty-output image-failed image-failed-then-ok output-missing partials-only max-output-tokens content-filter url-instead damaged-png cut-short-png no-end-png bomb-png gif-for-png avif-for-png svg-for-png bmp-for-png not-a-picture not-base64 rate-limited-then-ok rate-limited rate-limit-in-stream-then-ok rate-limit-flat-event rate-limit-nested-event rate-limit-bare-event rate-limit-in-200 request-too-large limit-zero usage-limit usage-limit-resets-at usage-limit-top-level usage-limit-in-stream usage-not-included quota billing-limit billing-not-active quota-exceeded insufficient-balance billing-error quota-before-consuming balance-in-500 quota-used-up-in-stream out-of-credits workspace-deactivated rate-limited-12ms delay-350ms delay-12.5s rate-limited-1m5s delay-in-seconds delay-after-seconds delay-retry-in delay-retry-after-0 delay-1s-and-more delay-6m0s delay-2h3m delay-1m2.639999999s delay-reset-after delay-please-wait delay-in-chinese delay-in-chinese-long delay-until-a-moment daily-limit daily-limit-soon rate-limited-no-delay daily-limit-no-delay too-many-requests weekly-limit-no-delay monthly-limit-no-delay too-many-requests-always retry-after-header retry-after-ms-header retry-after-date-soon retry-after-date ratelimit-reset-header ratelimit-reset-header-short ratelimit-reset-header-long delay-field delay-field-camel delay-field-beside delay-in-details quota-reset-delay reset-at-a-moment model-cooldown-then-ok model-cooldown-reset-time model-cooldown-long moderation moderation-in-stream moderation-in-500 nested-json-error moderation-nested-event content-policy image-policy-in-stream invalid-prompt bio-policy misalignment-policy azure-content-filter content-management-policy content-review-in-stream against-the-rules cyber-policy bad-key missing-key example-key upstream-login upstream-token token-expired refresh-token-reused unauthorised-in-200 account-deactivated group-without-images group-disabled forbidden-called-quota cf-challenge not-found-empty model-unknown image-only-model auth-not-found auth-unavailable auth-unavailable-then-ok redirect redirect-to-login bad-size size-off-grid bad-background tool-choice tool-unsupported tool-unknown image-model-gone model-not-in-plan version-too-old store-must-be-false unsupported-parameter detail-list detail-json message-only code-is-a-number text-400 stale-item context-too-large context-too-large-code too-large server-error-then-ok server-error server-error-in-stream server-error-empty blank-lines-then-error error-in-a-list upstream-error overloaded overloaded-503 overloaded-502 at-capacity html-502 html-520 html-522 html-in-json html-524 html-504 stream-disconnected upstream-closed html-200 garbage rate-limited-event request-too-large-event limit-zero-event daily-limit-event too-many-requests-event usage-not-included-event quota-event billing-limit-event billing-not-active-event content-policy-event invalid-prompt-event cyber-policy-event bio-policy-event misalignment-policy-event upstream-login-event upstream-token-event token-expired-event refresh-token-reused-event account-deactivated-event group-without-images-event cf-challenge-event model-unknown-event image-only-model-event auth-not-found-event auth-unavailable-event bad-size-event size-off-grid-event bad-background-event tool-choice-event tool-unknown-event model-not-in-plan-event version-too-old-event store-must-be-false-event unsupported-parameter-event detail-json-event stale-item-event context-too-large-event context-too-large-code-event server-error-event upstream-error-event overloaded-event overloaded-503-event at-capacity-event html-502-event html-504-event html-520-event html-522-event html-524-event stream-disconnected-event upstream-closed-event tool-unsupported-event image-model-gone-event detail-lost-event data-residency-event vector-store-timeout-event model-cooldown-event input-invalid input-invalid-format input-invalid-base64 input-invalid-url input-too-large input-too-small input-parse-error input-invalid-mode input-file-too-large input-unsupported-media-type input-empty-file input-failed-to-download input-file-not-found eof-before-image eof-inside-image close-before-image close-inside-image eof-after-frames bad-chunk truncated-gzip no-answer reset reset-inside-image stall stall-before-image stall-inside-image endless images-api-shape output-image image-url-object markdown-picture chat-images result-list result-object b64-json-call json-in-a-string status-and-body comment-then-picture events-run-together preview-beside-the-picture preview-elsewhere url-safe-base64 gzip-in-name-only br-in-name-only zstd-in-name-only deflate-in-name-only codings-in-name-only gzip-unannounced br zstd comment-then-error json-line-in-stream error-field data-data data-error-words errors-run-together json-twice json-then-done event-cut-then-error event-error-words comment-then-refusal words-in-stream cause-in-metadata cause-in-body not-understood url-in-call url-in-data url-in-words still-queued still-in-progress task-submitted task-in-data accepted framing-header-twice space-in-a-header' ;;
        'batch --again') words='base_url model format output_dir name_template api_key_command api_key_env stream fetch_url retries timeout max_wait instructions preview if_exists provenance prices ledger requests_per_hour requests_per_day headers size quality complexity background output_compression moderation partial_images image_model action input_fidelity default_profile' ;;
        'batch 0') files=1 ;;
        'wait --ledger') files=1 ;;
        'wait '[0-9]*) question=history-ids ;;
        'stop --ledger') files=1 ;;
        'stop '[0-9]*) question=history-ids ;;
        'show --protocol') words='kitty iterm sixel half-blocks none' ;;
        'show '[0-9]*) files=1 ;;
        'inspect --ledger') files=1 ;;
        'inspect '[0-9]*) files=1 ;;
        'compare --html') files=1 ;;
        'compare --ledger') files=1 ;;
        'compare 0') files=1 ;;
        'compare 1') files=1 ;;
        'strip --output'|'strip -o') files=1 ;;
        'strip 0') files=1 ;;
        'history list --model'|'history list -m') question=models ;;
        'history list --ledger') files=1 ;;
        'history show --preview') words='auto always never' ;;
        'history show --ledger') files=1 ;;
        'history show 0') question=history-ids ;;
        'history open --ledger') files=1 ;;
        'history open 0') question=history-ids ;;
        'history path --ledger') files=1 ;;
        'history path 0') question=history-ids ;;
        'history rerun --prompt-file') files=1 ;;
        'history rerun --output'|'history rerun -o') files=1 ;;
        'history rerun --format') words='png jpeg webp gif avif svg' ;;
        'history rerun --if-exists') words='error overwrite number' ;;
        'history rerun --provenance') words='history sidecar embed' ;;
        'history rerun --prices') files=1 ;;
        'history rerun --size') words='auto 1024x1024 1024x1536 1536x1024 2048x2048 2048x1152 3840x2160 2160x3840' ;;
        'history rerun --quality') words='auto low medium high xhigh max' ;;
        'history rerun --complexity') words='low medium high' ;;
        'history rerun --background') words='auto transparent opaque' ;;
        'history rerun --moderation') words='auto low' ;;
        'history rerun --partial-images') words='0 1 2 3' ;;
        'history rerun --image-model') words='gpt-image-2.6-sunburst gpt-image-2.6-flare gpt-image-2.5-sunburst gpt-image-2.5-flare gpt-image-2 gpt-image-1.5 gpt-image-1-mini chatgpt-image-latest' ;;
        'history rerun --action') words='auto generate edit' ;;
        'history rerun --input-fidelity') words='low high' ;;
        'history rerun --image'|'history rerun -i') question=pictures ;;
        'history rerun --mask') question=pictures ;;
        'history rerun --model'|'history rerun -m') question=models ;;
        'history rerun --profile') question=profiles ;;
        'history rerun --preview') words='auto always never' ;;
        'history rerun --ledger') files=1 ;;
        'history rerun --scenario') words='ok frames ok-item-only ok-final-only another-at-the-end damaged-then-sound json-for-stream sse-for-json wrong-content-type in-envelope blank-lines-then-ok data-only event-names-lie crlf cr bom several-data-lines no-final-blank-line done-marker keepalives unknown-events null-fields tools-null status-generating incomplete-with-picture filtered-after-image two-images jpeg-for-png webp-for-png gif avif svg wrong-size wrong-quality all-differs unpadded-base64 data-url escaped-slashes wrapped-base64 huge-line gzip byte-by-byte slow late-error-after-image late-failed-after-image late-bare-error-after-image eof-after-image close-after-image bad-chunk-after-image close-after-all mask-ignored not-edited edit-smaller edit-larger edit-other-shape same-bytes-twice mask-refused mask-refused-detail mask-refused-bare invalid-image too-many-patches input-moderated upload-too-large-code upload-cut-off tools-empty-then-ok tools-empty no-tool-in-words text-with-tools text-then-ok text-tools-unknown picture-in-prose refusal refusal-part empty-output image-failed image-failed-then-ok output-missing partials-only max-output-tokens content-filter url-instead damaged-png cut-short-png no-end-png bomb-png gif-for-png avif-for-png svg-for-png bmp-for-png not-a-picture not-base64 rate-limited-then-ok rate-limited rate-limit-in-stream-then-ok rate-limit-flat-event rate-limit-nested-event rate-limit-bare-event rate-limit-in-200 request-too-large limit-zero usage-limit usage-limit-resets-at usage-limit-top-level usage-limit-in-stream usage-not-included quota billing-limit billing-not-active quota-exceeded insufficient-balance billing-error quota-before-consuming balance-in-500 quota-used-up-in-stream out-of-credits workspace-deactivated rate-limited-12ms delay-350ms delay-12.5s rate-limited-1m5s delay-in-seconds delay-after-seconds delay-retry-in delay-retry-after-0 delay-1s-and-more delay-6m0s delay-2h3m delay-1m2.639999999s delay-reset-after delay-please-wait delay-in-chinese delay-in-chinese-long delay-until-a-moment daily-limit daily-limit-soon rate-limited-no-delay daily-limit-no-delay too-many-requests weekly-limit-no-delay monthly-limit-no-delay too-many-requests-always retry-after-header retry-after-ms-header retry-after-date-soon retry-after-date ratelimit-reset-header ratelimit-reset-header-short ratelimit-reset-header-long delay-field delay-field-camel delay-field-beside delay-in-details quota-reset-delay reset-at-a-moment model-cooldown-then-ok model-cooldown-reset-time model-cooldown-long moderation moderation-in-stream moderation-in-500 nested-json-error moderation-nested-event content-policy image-policy-in-stream invalid-prompt bio-policy misalignment-policy azure-content-filter content-management-policy content-review-in-stream against-the-rules cyber-policy bad-key missing-key example-key upstream-login upstream-token token-expired refresh-token-reused unauthorised-in-200 account-deactivated group-without-images group-disabled forbidden-called-quota cf-challenge not-found-empty model-unknown image-only-model auth-not-found auth-unavailable auth-unavailable-then-ok redirect redirect-to-login bad-size size-off-grid bad-background tool-choice tool-unsupported tool-unknown image-model-gone model-not-in-plan version-too-old store-must-be-false unsupported-parameter detail-list detail-json message-only code-is-a-number text-400 stale-item context-too-large context-too-large-code too-large server-error-then-ok server-error server-error-in-stream server-error-empty blank-lines-then-error error-in-a-list upstream-error overloaded overloaded-503 overloaded-502 at-capacity html-502 html-520 html-522 html-in-json html-524 html-504 stream-disconnected upstream-closed html-200 garbage rate-limited-event request-too-large-event limit-zero-event daily-limit-event too-many-requests-event usage-not-included-event quota-event billing-limit-event billing-not-active-event content-policy-event invalid-prompt-event cyber-policy-event bio-policy-event misalignment-policy-event upstream-login-event upstream-token-event token-expired-event refresh-token-reused-event account-deactivated-event group-without-images-event cf-challenge-event model-unknown-event image-only-model-event auth-not-found-event auth-unavailable-event bad-size-event size-off-grid-event bad-background-event tool-choice-event tool-unknown-event model-not-in-plan-event version-too-old-event store-must-be-false-event unsupported-parameter-event detail-json-event stale-item-event context-too-large-event context-too-large-code-event server-error-event upstream-error-event overloaded-event overloaded-503-event at-capacity-event html-502-event html-504-event html-520-event html-522-event html-524-event stream-disconnected-event upstream-closed-event tool-unsupported-event image-model-gone-event detail-lost-event data-residency-event vector-store-timeout-event model-cooldown-event input-invalid input-invalid-format input-invalid-base64 input-invalid-url input-too-large input-too-small input-parse-error input-invalid-mode input-file-too-large input-unsupported-media-type input-empty-file input-failed-to-download input-file-not-found eof-before-image eof-inside-image close-before-image close-inside-image eof-after-frames bad-chunk truncated-gzip no-answer reset reset-inside-image stall stall-before-image stall-inside-image endless images-api-shape output-image image-url-object markdown-picture chat-images result-list result-object b64-json-call json-in-a-string status-and-body comment-then-picture events-run-together preview-beside-the-picture preview-elsewhere url-safe-base64 gzip-in-name-only br-in-name-only zstd-in-name-only deflate-in-name-only codings-in-name-only gzip-unannounced br zstd comment-then-error json-line-in-stream error-field data-data data-error-words errors-run-together json-twice json-then-done event-cut-then-error event-error-words comment-then-refusal words-in-stream cause-in-metadata cause-in-body not-understood url-in-call url-in-data url-in-words still-queued still-in-progress task-submitted task-in-data accepted framing-header-twice space-in-a-header' ;;
        'history rerun 0') question=history-ids ;;
        'history stats --model'|'history stats -m') question=models ;;
        'history stats --by') words='day model profile batch' ;;
        'history stats --ledger') files=1 ;;
        'history export --model'|'history export -m') question=models ;;
        'history export --ledger') files=1 ;;
        'history forget --ledger') files=1 ;;
        'history forget '[0-9]*) question=history-ids ;;
        'history prune --ledger') files=1 ;;
        'gallery --output'|'gallery -o') folders=1 ;;
        'gallery --model'|'gallery -m') question=models ;;
        'gallery --ledger') files=1 ;;
        'config show --profile') question=profiles ;;
        'config init --model'|'config init -m') question=models ;;
        'config init --format') words='png jpeg webp gif avif svg' ;;
        'config init --output-dir') folders=1 ;;
        'config init --profile') question=profiles ;;
        'config get --profile') question=profiles ;;
        'config get 0') words='base_url model format output_dir name_template api_key_command api_key_env stream fetch_url retries timeout max_wait instructions preview if_exists provenance prices ledger requests_per_hour requests_per_day headers size quality complexity background output_compression moderation partial_images image_model action input_fidelity default_profile' ;;
        'config set --profile') question=profiles ;;
        'config set 0') words='base_url model format output_dir name_template api_key_command api_key_env stream fetch_url retries timeout max_wait instructions preview if_exists provenance prices ledger requests_per_hour requests_per_day headers size quality complexity background output_compression moderation partial_images image_model action input_fidelity default_profile' ;;
        'config set 1') question=values ;;
        'config unset --profile') question=profiles ;;
        'config unset 0') words='base_url model format output_dir name_template api_key_command api_key_env stream fetch_url retries timeout max_wait instructions preview if_exists provenance prices ledger requests_per_hour requests_per_day headers size quality complexity background output_compression moderation partial_images image_model action input_fidelity default_profile' ;;
        'config profile use 0') question=profiles ;;
        'config profile remove 0') question=profiles ;;
        'models --profile') question=profiles ;;
        'doctor --model'|'doctor -m') question=models ;;
        'doctor --profile') question=profiles ;;
        'completion --export') folders=1 ;;
        'completion 0') words='bash zsh fish powershell' ;;
        'mcp --allow') folders=1 ;;
        'skill install --agent') words='claude codex openclaw gemini cursor all' ;;
        'skill install --scope') words='user project' ;;
        'skill status --agent') words='claude codex openclaw gemini cursor all' ;;
        'skill status --scope') words='user project' ;;
        'skill uninstall --agent') words='claude codex openclaw gemini cursor all' ;;
        'skill uninstall --scope') words='user project' ;;
        'schema 0') words='agent-settings compared doctor dry-run event help history inspection models profiles result results run running scenarios settings skill stripped' ;;
        'sandbox --scenario') words='ok frames ok-item-only ok-final-only another-at-the-end damaged-then-sound json-for-stream sse-for-json wrong-content-type in-envelope blank-lines-then-ok data-only event-names-lie crlf cr bom several-data-lines no-final-blank-line done-marker keepalives unknown-events null-fields tools-null status-generating incomplete-with-picture filtered-after-image two-images jpeg-for-png webp-for-png gif avif svg wrong-size wrong-quality all-differs unpadded-base64 data-url escaped-slashes wrapped-base64 huge-line gzip byte-by-byte slow late-error-after-image late-failed-after-image late-bare-error-after-image eof-after-image close-after-image bad-chunk-after-image close-after-all mask-ignored not-edited edit-smaller edit-larger edit-other-shape same-bytes-twice mask-refused mask-refused-detail mask-refused-bare invalid-image too-many-patches input-moderated upload-too-large-code upload-cut-off tools-empty-then-ok tools-empty no-tool-in-words text-with-tools text-then-ok text-tools-unknown picture-in-prose refusal refusal-part empty-output image-failed image-failed-then-ok output-missing partials-only max-output-tokens content-filter url-instead damaged-png cut-short-png no-end-png bomb-png gif-for-png avif-for-png svg-for-png bmp-for-png not-a-picture not-base64 rate-limited-then-ok rate-limited rate-limit-in-stream-then-ok rate-limit-flat-event rate-limit-nested-event rate-limit-bare-event rate-limit-in-200 request-too-large limit-zero usage-limit usage-limit-resets-at usage-limit-top-level usage-limit-in-stream usage-not-included quota billing-limit billing-not-active quota-exceeded insufficient-balance billing-error quota-before-consuming balance-in-500 quota-used-up-in-stream out-of-credits workspace-deactivated rate-limited-12ms delay-350ms delay-12.5s rate-limited-1m5s delay-in-seconds delay-after-seconds delay-retry-in delay-retry-after-0 delay-1s-and-more delay-6m0s delay-2h3m delay-1m2.639999999s delay-reset-after delay-please-wait delay-in-chinese delay-in-chinese-long delay-until-a-moment daily-limit daily-limit-soon rate-limited-no-delay daily-limit-no-delay too-many-requests weekly-limit-no-delay monthly-limit-no-delay too-many-requests-always retry-after-header retry-after-ms-header retry-after-date-soon retry-after-date ratelimit-reset-header ratelimit-reset-header-short ratelimit-reset-header-long delay-field delay-field-camel delay-field-beside delay-in-details quota-reset-delay reset-at-a-moment model-cooldown-then-ok model-cooldown-reset-time model-cooldown-long moderation moderation-in-stream moderation-in-500 nested-json-error moderation-nested-event content-policy image-policy-in-stream invalid-prompt bio-policy misalignment-policy azure-content-filter content-management-policy content-review-in-stream against-the-rules cyber-policy bad-key missing-key example-key upstream-login upstream-token token-expired refresh-token-reused unauthorised-in-200 account-deactivated group-without-images group-disabled forbidden-called-quota cf-challenge not-found-empty model-unknown image-only-model auth-not-found auth-unavailable auth-unavailable-then-ok redirect redirect-to-login bad-size size-off-grid bad-background tool-choice tool-unsupported tool-unknown image-model-gone model-not-in-plan version-too-old store-must-be-false unsupported-parameter detail-list detail-json message-only code-is-a-number text-400 stale-item context-too-large context-too-large-code too-large server-error-then-ok server-error server-error-in-stream server-error-empty blank-lines-then-error error-in-a-list upstream-error overloaded overloaded-503 overloaded-502 at-capacity html-502 html-520 html-522 html-in-json html-524 html-504 stream-disconnected upstream-closed html-200 garbage rate-limited-event request-too-large-event limit-zero-event daily-limit-event too-many-requests-event usage-not-included-event quota-event billing-limit-event billing-not-active-event content-policy-event invalid-prompt-event cyber-policy-event bio-policy-event misalignment-policy-event upstream-login-event upstream-token-event token-expired-event refresh-token-reused-event account-deactivated-event group-without-images-event cf-challenge-event model-unknown-event image-only-model-event auth-not-found-event auth-unavailable-event bad-size-event size-off-grid-event bad-background-event tool-choice-event tool-unknown-event model-not-in-plan-event version-too-old-event store-must-be-false-event unsupported-parameter-event detail-json-event stale-item-event context-too-large-event context-too-large-code-event server-error-event upstream-error-event overloaded-event overloaded-503-event at-capacity-event html-502-event html-504-event html-520-event html-522-event html-524-event stream-disconnected-event upstream-closed-event tool-unsupported-event image-model-gone-event detail-lost-event data-residency-event vector-store-timeout-event model-cooldown-event input-invalid input-invalid-format input-invalid-base64 input-invalid-url input-too-large input-too-small input-parse-error input-invalid-mode input-file-too-large input-unsupported-media-type input-empty-file input-failed-to-download input-file-not-found eof-before-image eof-inside-image close-before-image close-inside-image eof-after-frames bad-chunk truncated-gzip no-answer reset reset-inside-image stall stall-before-image stall-inside-image endless images-api-shape output-image image-url-object markdown-picture chat-images result-list result-object b64-json-call json-in-a-string status-and-body comment-then-picture events-run-together preview-beside-the-picture preview-elsewhere url-safe-base64 gzip-in-name-only br-in-name-only zstd-in-name-only deflate-in-name-only codings-in-name-only gzip-unannounced br zstd comment-then-error json-line-in-stream error-field data-data data-error-words errors-run-together json-twice json-then-done event-cut-then-error event-error-words comment-then-refusal words-in-stream cause-in-metadata cause-in-body not-understood url-in-call url-in-data url-in-words still-queued still-in-progress task-submitted task-in-data accepted framing-header-twice space-in-a-header' ;;
    esac
}

# Sets words to what the program answers to the question $1.
_cpa_image_ask() {
    local value rest program=${COMP_WORDS[0]}
    while IFS=$'\t' read -r value rest; do
        # Quotes that were opened protect the value; without them, readline takes it as it stands.
        [[ -z $quote ]] && printf -v value '%q' "$value"
        [[ -n $value && $value != "''" ]] && COMPREPLY[${#COMPREPLY[@]}]=$prefix${value#"$cut"}
    done <<< "$("${program/#\~/$HOME}" __complete "$1" "$current" "${COMP_WORDS[@]:0:end}" 2>/dev/null)"
}

# Tells readline not to offer files; bash 3.2 cannot be told.
_cpa_image_without_files() {
    [[ ${BASH_VERSINFO[0]} -ge 4 ]] && compopt +o default +o bashdefault "$@" 2>/dev/null
}

_cpa_image() {
    local IFS=$' \t\n' current=${COMP_WORDS[COMP_CWORD]} end=$COMP_CWORD
    local path='' place=0 ended='' option='' prefix='' cut='' quote='' index word
    local commands options valued words='' files='' folders='' question=''
    COMPREPLY=()

    # bash cuts words at colons, and a model's name may hold one.
    while (( end > 1 )) && [[ $current == :* || ${COMP_WORDS[end - 1]} == *: ]]; do
        (( end-- ))
        current=${COMP_WORDS[end]}$current
        cut=${current%"${current##*:}"}
    done

    _cpa_image_command ''
    for (( index = 1; index < end; index++ )); do
        word=${COMP_WORDS[index]}
        if [[ -n $option ]]; then
            # --size=auto arrives as three words.
            [[ $word == = ]] || option=''
        elif [[ -n $ended ]]; then
            (( place++ ))
        elif [[ $word == -- ]]; then
            ended=1
        elif [[ $word == -* ]]; then
            [[ " $valued " == *" $word "* ]] && option=$word
        elif [[ " $commands " == *" $word "* ]]; then
            path=${path:+$path }$word
            _cpa_image_command "$path"
        else
            (( place++ ))
        fi
    done

    [[ -n $option && $current == = ]] && current=''
    case $current in [\'\"]*) quote=${current:0:1} current=${current:1} ;; esac
    if [[ -z $ended && -z $option && $current == --*=* ]]; then
        # Only where COMP_WORDBREAKS was told to leave the equals sign alone.
        option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
    fi

    if [[ -n $option ]]; then
        _cpa_image_offer "$path $option"
    elif [[ -z $ended && $current == -* ]]; then
        words=$options
    elif [[ -n $commands ]]; then
        (( place == 0 )) && words=$commands
    else
        _cpa_image_offer "$path $place"
    fi

    if [[ -n $files ]]; then
        return
    elif [[ -n $folders ]]; then
        _cpa_image_without_files -o dirnames
    elif [[ -n $question ]]; then
        _cpa_image_without_files
        _cpa_image_ask "$question"
    else
        _cpa_image_without_files
        COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current"))
    fi
}

complete -o bashdefault -o default -o nosort -F _cpa_image cpa-image 2>/dev/null ||
    complete -o bashdefault -o default -F _cpa_image cpa-image
