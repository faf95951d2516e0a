# TAB completion of cpa-image, written by `cpa-image completion powershell`.
# Commands, options and fixed values complete without starting the program. Do not edit: --install replaces it.

Register-ArgumentCompleter -Native -CommandName 'cpa-image' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Command, description.
    $commands = @(
        , @('generate', 'Generate a picture from a prompt')
        , @('edit', 'Change a picture, or go on from the last one')
        , @('show', 'Show a picture in the terminal')
        , @('inspect', 'Tell where pictures came from')
        , @('compare', 'Show two pictures side by side')
        , @('strip', 'Copy a picture without prompts and metadata')
        , @('history', 'Look at earlier runs')
        , @('history list', 'List the last runs, newest first')
        , @('history show', 'Show everything that is known of a run, and its picture')
        , @('history open', 'Open the picture of a run in the system''s viewer')
        , @('history path', 'Print where the picture of a run lies')
        , @('history rerun', 'Make another picture from an earlier prompt, under a new name')
        , @('history stats', 'Sum up runs, success, time and tokens, per model and per day')
        , @('history export', 'Print runs as JSON, one per line, oldest first')
        , @('history forget', 'Delete runs from history: their prompts and all that is known of them')
        , @('history prune', 'Delete old runs from history, or those whose pictures are gone; both options together mean both')
        , @('gallery', 'Write a page of what was made, for a browser')
        , @('config', 'Look at the settings and where each comes from')
        , @('config show', 'Show every setting, its value and its source')
        , @('config path', 'Print the path of the config file, whether it exists or not')
        , @('config init', 'Set up the config file: a few questions, a free test of the gateway, and nothing else in the file changes')
        , @('config edit', 'Open the config file in your editor; say what is wrong with it afterwards')
        , @('config get', 'Print a value of the config file')
        , @('config set', 'Set a value in the config file; comments and order stay')
        , @('config unset', 'Take a value out of the config file; comments and order stay')
        , @('config profile', 'List the profiles, choose one, or take one away')
        , @('config profile list', 'List the profiles of the config file; a star marks the one that is used without --profile')
        , @('config profile use', 'Use a profile from now on, without --profile')
        , @('config profile remove', 'Take a profile out of the config file, with all its values')
        , @('models', 'List the models of the gateway, free of charge')
        , @('doctor', 'Find out what keeps pictures from being made')
        , @('completion', 'Make TAB complete commands in your shell')
        , @('skill', 'Teach agents to use this program')
        , @('skill show', 'Print the skill: all that an agent needs to know')
        , @('skill install', 'Install the skill, or bring it up to date')
        , @('skill status', 'Say where the skill is installed, and whether it is up to date')
        , @('skill uninstall', 'Take the skill away again, and nothing else')
        , @('schema', 'Print the JSON Schema of what --json prints')
        , @('sandbox', 'Run a simulated gateway, for trying and testing')
        , @('help', 'Show the help of a command, or a table')
    )

    # Command, spellings, description, what its value is ('' for a switch), words or question.
    $options = @(
        , @('', @('--version'), 'Print the version and exit', '', '')
        , @('', @('--sandbox'), 'Without a command: draw with the simulated gateway', '', '')
        , @('', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('generate', @('--prompt'), 'What to draw, as an option', 'files', '')
        , @('generate', @('--prompt-file'), 'Read the prompt from a file; - is standard input', 'files', '')
        , @('generate', @('--count', '-n'), 'Pictures to make, each by a request of its own', 'files', '')
        , @('generate', @('--jobs', '-j'), 'How many run at a time', 'files', '')
        , @('generate', @('--output', '-o'), 'File, folder/ for a name of its own in there, or - for standard output', 'files', '')
        , @('generate', @('--format'), 'File format; without it, that of the extension of -o', 'words', @('png', 'jpeg', 'webp', 'gif', 'avif', 'svg'))
        , @('generate', @('--if-exists'), 'If the file is there already: stop, replace it, or add a number to the name', 'words', @('error', 'overwrite', 'number'))
        , @('generate', @('--force', '-f'), 'Same as --if-exists overwrite', '', '')
        , @('generate', @('--name-template'), 'How pictures are named without -o', 'files', '')
        , @('generate', @('--provenance'), 'Where the prompt and what else made the picture is written: into your history alone, also into a file beside the picture (.xmp), or also into the picture', 'words', @('history', 'sidecar', 'embed'))
        , @('generate', @('--prices'), 'Estimate what it cost at list prices: `openai`, or a table of yours', 'files', '')
        , @('generate', @('--size'), 'Size in pixels, such as 1024x1536, or auto', 'words', @('auto', '1024x1024', '1024x1536', '1536x1024', '2048x2048', '2048x1152', '3840x2160', '2160x3840'))
        , @('generate', @('--quality'), 'Rendering effort', 'words', @('auto', 'low', 'medium', 'high', 'xhigh', 'max'))
        , @('generate', @('--complexity'), 'How much is planned before drawing, whatever reasoning the request asks for', 'words', @('low', 'medium', 'high'))
        , @('generate', @('--background'), 'What is behind what is drawn', 'words', @('auto', 'transparent', 'opaque'))
        , @('generate', @('--output-compression'), 'Compression of JPEG and WebP, in percent', 'files', '')
        , @('generate', @('--moderation'), 'Strictness of the safety filter', 'words', @('auto', 'low'))
        , @('generate', @('--partial-images'), 'Preview frames sent while the picture forms; with --stream, 2 if they can be shown', 'words', @('0', '1', '2', '3'))
        , @('generate', @('--image-model'), 'Model that the image tool draws with; not the text model that is asked', 'words', @('gpt-image-2.6-sunburst', 'gpt-image-2.6-flare', 'gpt-image-2.5-sunburst', 'gpt-image-2.5-flare', 'gpt-image-2', 'gpt-image-1.5', 'gpt-image-1-mini', 'chatgpt-image-latest'))
        , @('generate', @('--action'), 'Whether pictures that are sent are changed, or only looked at', 'words', @('auto', 'generate', 'edit'))
        , @('generate', @('--input-fidelity'), 'How closely pictures that are sent are kept (gpt-image-1.5)', 'words', @('low', 'high'))
        , @('generate', @('--image', '-i'), 'Send this picture along: a file, - for standard input, last, an id, an https address', 'asked', 'pictures')
        , @('generate', @('--mask'), 'Change the first picture only where this is transparent, or white if nothing of it is transparent', 'asked', 'pictures')
        , @('generate', @('--invert-mask'), 'Turn the mask around', '', '')
        , @('generate', @('--keep-outside'), 'Put the original back outside the mask; what came is kept beside it as …-raw', '', '')
        , @('generate', @('--mask-as-picture'), 'For gateways without masks: send a copy with the area marked in red, then as --keep-outside', '', '')
        , @('generate', @('--max-edge'), 'Scale pictures that are longer than this', 'files', '')
        , @('generate', @('--no-resize'), 'Send pictures as large as they are', '', '')
        , @('generate', @('--keep-metadata'), 'Send EXIF, XMP and comments too, with places and times; without this they stay here', '', '')
        , @('generate', @('--max-upload'), 'Size of a request, at most', 'files', '')
        , @('generate', @('--with-history'), 'Say what was asked for before, when the picture to go on from is one of history', '', '')
        , @('generate', @('--model', '-m'), 'Text model that is asked; it draws with the image tool, a service of the gateway', 'asked', 'models')
        , @('generate', @('--base-url'), 'Base URL of the gateway', 'files', '')
        , @('generate', @('--profile'), 'Profile of the config file: a set of values under one name', 'asked', 'profiles')
        , @('generate', @('--instructions'), 'Instructions to the text model', 'files', '')
        , @('generate', @('--session-id'), 'Session id; if you choose it, retries keep it', 'files', '')
        , @('generate', @('--stream'), 'Ask for a stream of events: previews while it is drawn, and proxies do not give up', '', '')
        , @('generate', @('--no-stream'), 'Not --stream', '', '')
        , @('generate', @('--fetch-url'), 'Fetch the picture, without the key, if the gateway sends its address instead', '', '')
        , @('generate', @('--no-fetch-url'), 'Not --fetch-url', '', '')
        , @('generate', @('--allow-image-model'), 'Send even if --model names an image model, such as gpt-image-1', '', '')
        , @('generate', @('--retries'), 'Further attempts, at most', 'files', '')
        , @('generate', @('--timeout'), 'Time of one attempt', 'files', '')
        , @('generate', @('--max-wait'), 'Longest wait before a retry', 'files', '')
        , @('generate', @('--retry-unknown'), 'Repeat attempts that may already have cost a picture', '', '')
        , @('generate', @('--json'), 'Print one JSON object in place of the path', '', '')
        , @('generate', @('--jsonl'), 'Print one JSON object per event; the last is that of --json', '', '')
        , @('generate', @('--quiet', '-q'), 'Say nothing but errors', '', '')
        , @('generate', @('--verbose', '-v'), 'Say everything: each event, the gateway''s headers, trace ids', '', '')
        , @('generate', @('--preview'), 'Show the picture in the terminal: if it can, always, or never', 'words', @('auto', 'always', 'never'))
        , @('generate', @('--no-history'), 'Do not record this run', '', '')
        , @('generate', @('--dry-run'), 'Print the request and its curl command; send nothing', '', '')
        , @('generate', @('--sandbox'), 'Use a simulated gateway inside this command', '', '')
        , @('generate', @('--scenario'), 'What the sandbox plays; implies --sandbox', 'words', @('ok', 'frames', 'ok-item-only', 'ok-final-only', 'another-at-the-end', 'damaged-then-sound', 'json-for-stream', 'sse-for-json', 'wrong-content-type', 'in-envelope', 'blank-lines-then-ok', 'data-only', 'event-names-lie', 'crlf', 'cr', 'bom', 'several-data-lines', 'no-final-blank-line', 'done-marker', 'keepalives', 'unknown-events', 'null-fields', 'tools-null', 'status-generating', 'incomplete-with-picture', 'filtered-after-image', 'two-images', 'jpeg-for-png', 'webp-for-png', 'gif', 'avif', 'svg', 'wrong-size', 'wrong-quality', 'all-differs', 'unpadded-base64', 'data-url', 'escaped-slashes', 'wrapped-base64', 'huge-line', 'gzip', 'byte-by-byte', 'slow', 'late-error-after-image', 'late-failed-after-image', 'late-bare-error-after-image', 'eof-after-image', 'close-after-image', 'bad-chunk-after-image', 'close-after-all', 'tools-empty-then-ok', 'tools-empty', 'no-tool-in-words', 'text-with-tools', 'text-then-ok', 'text-tools-unknown', 'picture-in-prose', 'refusal', 'refusal-part', 'empty-output', 'image-failed', 'image-failed-then-ok', 'output-missing', 'partials-only', 'max-output-tokens', 'content-filter', 'url-instead', 'damaged-png', 'cut-short-png', 'no-end-png', 'bomb-png', 'gif-for-png', 'avif-for-png', 'svg-for-png', 'bmp-for-png', 'not-a-picture', 'not-base64', 'rate-limited-then-ok', 'rate-limited', 'rate-limit-in-stream-then-ok', 'rate-limit-flat-event', 'rate-limit-nested-event', 'rate-limit-bare-event', 'rate-limit-in-200', 'request-too-large', 'limit-zero', 'usage-limit', 'usage-limit-resets-at', 'usage-limit-top-level', 'usage-limit-in-stream', 'usage-not-included', 'quota', 'billing-limit', 'billing-not-active', 'quota-exceeded', 'insufficient-balance', 'billing-error', 'quota-before-consuming', 'balance-in-500', 'quota-used-up-in-stream', 'out-of-credits', 'workspace-deactivated', 'rate-limited-12ms', 'delay-350ms', 'delay-12.5s', 'rate-limited-1m5s', 'delay-in-seconds', 'delay-after-seconds', 'delay-retry-in', 'delay-retry-after-0', 'delay-1s-and-more', 'delay-6m0s', 'delay-2h3m', 'delay-1m2.639999999s', 'delay-reset-after', 'delay-please-wait', 'delay-in-chinese', 'delay-in-chinese-long', 'delay-until-a-moment', 'daily-limit', 'daily-limit-soon', 'rate-limited-no-delay', 'daily-limit-no-delay', 'too-many-requests', 'weekly-limit-no-delay', 'monthly-limit-no-delay', 'too-many-requests-always', 'retry-after-header', 'retry-after-ms-header', 'retry-after-date-soon', 'retry-after-date', 'ratelimit-reset-header', 'ratelimit-reset-header-short', 'ratelimit-reset-header-long', 'delay-field', 'delay-field-camel', 'delay-field-beside', 'delay-in-details', 'quota-reset-delay', 'reset-at-a-moment', 'model-cooldown-then-ok', 'model-cooldown-reset-time', 'model-cooldown-long', 'moderation', 'moderation-in-stream', 'moderation-in-500', 'nested-json-error', 'moderation-nested-event', 'content-policy', 'image-policy-in-stream', 'invalid-prompt', 'bio-policy', 'misalignment-policy', 'azure-content-filter', 'content-management-policy', 'content-review-in-stream', 'against-the-rules', 'cyber-policy', 'bad-key', 'missing-key', 'example-key', 'upstream-login', 'upstream-token', 'token-expired', 'refresh-token-reused', 'unauthorised-in-200', 'account-deactivated', 'group-without-images', 'group-disabled', 'forbidden-called-quota', 'cf-challenge', 'not-found-empty', 'model-unknown', 'image-only-model', 'auth-not-found', 'auth-unavailable', 'auth-unavailable-then-ok', 'redirect', 'redirect-to-login', 'bad-size', 'size-off-grid', 'bad-background', 'tool-choice', 'tool-unsupported', 'tool-unknown', 'image-model-gone', 'model-not-in-plan', 'version-too-old', 'store-must-be-false', 'unsupported-parameter', 'detail-list', 'detail-json', 'message-only', 'code-is-a-number', 'text-400', 'stale-item', 'context-too-large', 'context-too-large-code', 'too-large', 'server-error-then-ok', 'server-error', 'server-error-in-stream', 'server-error-empty', 'blank-lines-then-error', 'error-in-a-list', 'upstream-error', 'overloaded', 'overloaded-503', 'overloaded-502', 'at-capacity', 'html-502', 'html-520', 'html-522', 'html-in-json', 'html-524', 'html-504', 'stream-disconnected', 'upstream-closed', 'html-200', 'garbage', 'rate-limited-event', 'request-too-large-event', 'limit-zero-event', 'daily-limit-event', 'too-many-requests-event', 'usage-not-included-event', 'quota-event', 'billing-limit-event', 'billing-not-active-event', 'content-policy-event', 'invalid-prompt-event', 'cyber-policy-event', 'bio-policy-event', 'misalignment-policy-event', 'upstream-login-event', 'upstream-token-event', 'token-expired-event', 'refresh-token-reused-event', 'account-deactivated-event', 'group-without-images-event', 'cf-challenge-event', 'model-unknown-event', 'image-only-model-event', 'auth-not-found-event', 'auth-unavailable-event', 'bad-size-event', 'size-off-grid-event', 'bad-background-event', 'tool-choice-event', 'tool-unknown-event', 'model-not-in-plan-event', 'version-too-old-event', 'store-must-be-false-event', 'unsupported-parameter-event', 'detail-json-event', 'stale-item-event', 'context-too-large-event', 'context-too-large-code-event', 'server-error-event', 'upstream-error-event', 'overloaded-event', 'overloaded-503-event', 'at-capacity-event', 'html-502-event', 'html-504-event', 'html-520-event', 'html-522-event', 'html-524-event', 'stream-disconnected-event', 'upstream-closed-event', 'tool-unsupported-event', 'image-model-gone-event', 'detail-lost-event', 'data-residency-event', 'vector-store-timeout-event', 'model-cooldown-event', 'input-invalid', 'input-invalid-format', 'input-invalid-base64', 'input-invalid-url', 'input-too-large', 'input-too-small', 'input-parse-error', 'input-invalid-mode', 'input-file-too-large', 'input-unsupported-media-type', 'input-empty-file', 'input-failed-to-download', 'input-file-not-found', 'eof-before-image', 'eof-inside-image', 'close-before-image', 'close-inside-image', 'eof-after-frames', 'bad-chunk', 'truncated-gzip', 'no-answer', 'reset', 'reset-inside-image', 'stall', 'stall-before-image', 'stall-inside-image', 'endless', 'images-api-shape', 'output-image', 'image-url-object', 'markdown-picture', 'chat-images', 'result-list', 'result-object', 'b64-json-call', 'json-in-a-string', 'status-and-body', 'comment-then-picture', 'events-run-together', 'preview-beside-the-picture', 'preview-elsewhere', 'url-safe-base64', 'gzip-in-name-only', 'br-in-name-only', 'zstd-in-name-only', 'deflate-in-name-only', 'codings-in-name-only', 'gzip-unannounced', 'br', 'zstd', 'comment-then-error', 'json-line-in-stream', 'error-field', 'data-data', 'data-error-words', 'errors-run-together', 'json-twice', 'json-then-done', 'event-cut-then-error', 'event-error-words', 'comment-then-refusal', 'words-in-stream', 'cause-in-metadata', 'cause-in-body', 'not-understood', 'url-in-call', 'url-in-data', 'url-in-words', 'still-queued', 'still-in-progress', 'task-submitted', 'task-in-data', 'accepted', 'framing-header-twice', 'space-in-a-header'))
        , @('generate', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('edit', @('--prompt'), 'What to draw, as an option', 'files', '')
        , @('edit', @('--prompt-file'), 'Read the prompt from a file; - is standard input', 'files', '')
        , @('edit', @('--output', '-o'), 'File, folder/ for a name of its own in there, or - for standard output', 'files', '')
        , @('edit', @('--format'), 'File format; without it, that of the extension of -o', 'words', @('png', 'jpeg', 'webp', 'gif', 'avif', 'svg'))
        , @('edit', @('--if-exists'), 'If the file is there already: stop, replace it, or add a number to the name', 'words', @('error', 'overwrite', 'number'))
        , @('edit', @('--force', '-f'), 'Same as --if-exists overwrite', '', '')
        , @('edit', @('--name-template'), 'How pictures are named without -o', 'files', '')
        , @('edit', @('--size'), 'Size in pixels, such as 1024x1536, or auto', 'words', @('auto', '1024x1024', '1024x1536', '1536x1024', '2048x2048', '2048x1152', '3840x2160', '2160x3840'))
        , @('edit', @('--quality'), 'Rendering effort', 'words', @('auto', 'low', 'medium', 'high', 'xhigh', 'max'))
        , @('edit', @('--complexity'), 'How much is planned before drawing, whatever reasoning the request asks for', 'words', @('low', 'medium', 'high'))
        , @('edit', @('--background'), 'What is behind what is drawn', 'words', @('auto', 'transparent', 'opaque'))
        , @('edit', @('--output-compression'), 'Compression of JPEG and WebP, in percent', 'files', '')
        , @('edit', @('--moderation'), 'Strictness of the safety filter', 'words', @('auto', 'low'))
        , @('edit', @('--partial-images'), 'Preview frames sent while the picture forms; with --stream, 2 if they can be shown', 'words', @('0', '1', '2', '3'))
        , @('edit', @('--image-model'), 'Model that the image tool draws with; not the text model that is asked', 'words', @('gpt-image-2.6-sunburst', 'gpt-image-2.6-flare', 'gpt-image-2.5-sunburst', 'gpt-image-2.5-flare', 'gpt-image-2', 'gpt-image-1.5', 'gpt-image-1-mini', 'chatgpt-image-latest'))
        , @('edit', @('--action'), 'Whether pictures that are sent are changed, or only looked at', 'words', @('auto', 'generate', 'edit'))
        , @('edit', @('--input-fidelity'), 'How closely pictures that are sent are kept (gpt-image-1.5)', 'words', @('low', 'high'))
        , @('edit', @('--image', '-i'), 'Send this picture along: a file, - for standard input, last, an id, an https address', 'asked', 'pictures')
        , @('edit', @('--mask'), 'Change the first picture only where this is transparent, or white if nothing of it is transparent', 'asked', 'pictures')
        , @('edit', @('--invert-mask'), 'Turn the mask around', '', '')
        , @('edit', @('--keep-outside'), 'Put the original back outside the mask; what came is kept beside it as …-raw', '', '')
        , @('edit', @('--mask-as-picture'), 'For gateways without masks: send a copy with the area marked in red, then as --keep-outside', '', '')
        , @('edit', @('--max-edge'), 'Scale pictures that are longer than this', 'files', '')
        , @('edit', @('--no-resize'), 'Send pictures as large as they are', '', '')
        , @('edit', @('--keep-metadata'), 'Send EXIF, XMP and comments too, with places and times; without this they stay here', '', '')
        , @('edit', @('--max-upload'), 'Size of a request, at most', 'files', '')
        , @('edit', @('--with-history'), 'Say what was asked for before, when the picture to go on from is one of history', '', '')
        , @('edit', @('--model', '-m'), 'Text model that is asked; it draws with the image tool, a service of the gateway', 'asked', 'models')
        , @('edit', @('--base-url'), 'Base URL of the gateway', 'files', '')
        , @('edit', @('--profile'), 'Profile of the config file: a set of values under one name', 'asked', 'profiles')
        , @('edit', @('--instructions'), 'Instructions to the text model', 'files', '')
        , @('edit', @('--session-id'), 'Session id; if you choose it, retries keep it', 'files', '')
        , @('edit', @('--stream'), 'Ask for a stream of events: previews while it is drawn, and proxies do not give up', '', '')
        , @('edit', @('--no-stream'), 'Not --stream', '', '')
        , @('edit', @('--allow-image-model'), 'Send even if --model names an image model, such as gpt-image-1', '', '')
        , @('edit', @('--retries'), 'Further attempts, at most', 'files', '')
        , @('edit', @('--timeout'), 'Time of one attempt', 'files', '')
        , @('edit', @('--max-wait'), 'Longest wait before a retry', 'files', '')
        , @('edit', @('--retry-unknown'), 'Repeat attempts that may already have cost a picture', '', '')
        , @('edit', @('--json'), 'Print one JSON object in place of the path', '', '')
        , @('edit', @('--jsonl'), 'Print one JSON object per event; the last is that of --json', '', '')
        , @('edit', @('--quiet', '-q'), 'Say nothing but errors', '', '')
        , @('edit', @('--verbose', '-v'), 'Say everything: each event, the gateway''s headers, trace ids', '', '')
        , @('edit', @('--preview'), 'Show the picture in the terminal: if it can, always, or never', 'words', @('auto', 'always', 'never'))
        , @('edit', @('--no-history'), 'Do not record this run', '', '')
        , @('edit', @('--dry-run'), 'Print the request and its curl command; send nothing', '', '')
        , @('edit', @('--sandbox'), 'Use a simulated gateway inside this command', '', '')
        , @('edit', @('--scenario'), 'What the sandbox plays; implies --sandbox', 'words', @('ok', 'frames', 'ok-item-only', 'ok-final-only', 'another-at-the-end', 'damaged-then-sound', 'json-for-stream', 'sse-for-json', 'wrong-content-type', 'in-envelope', 'blank-lines-then-ok', 'data-only', 'event-names-lie', 'crlf', 'cr', 'bom', 'several-data-lines', 'no-final-blank-line', 'done-marker', 'keepalives', 'unknown-events', 'null-fields', 'tools-null', 'status-generating', 'incomplete-with-picture', 'filtered-after-image', 'two-images', 'jpeg-for-png', 'webp-for-png', 'wrong-size', 'wrong-quality', 'all-differs', 'unpadded-base64', 'data-url', 'escaped-slashes', 'wrapped-base64', 'huge-line', 'gzip', 'byte-by-byte', 'slow', 'late-error-after-image', 'late-failed-after-image', 'late-bare-error-after-image', 'eof-after-image', 'close-after-image', 'bad-chunk-after-image', 'close-after-all', 'tools-empty-then-ok', 'tools-empty', 'no-tool-in-words', 'text-with-tools', 'text-then-ok', 'text-tools-unknown', 'picture-in-prose', 'refusal', 'refusal-part', 'empty-output', 'image-failed', 'image-failed-then-ok', 'output-missing', 'partials-only', 'max-output-tokens', 'content-filter', 'url-instead', 'damaged-png', 'cut-short-png', 'not-a-picture', 'not-base64', 'bomb-png', 'rate-limited-then-ok', 'rate-limited', 'rate-limit-in-stream-then-ok', 'rate-limit-flat-event', 'rate-limit-nested-event', 'rate-limit-bare-event', 'rate-limit-in-200', 'request-too-large', 'limit-zero', 'usage-limit', 'usage-limit-resets-at', 'usage-limit-top-level', 'usage-limit-in-stream', 'usage-not-included', 'quota', 'billing-limit', 'billing-not-active', 'quota-exceeded', 'insufficient-balance', 'billing-error', 'quota-before-consuming', 'balance-in-500', 'quota-used-up-in-stream', 'out-of-credits', 'workspace-deactivated', 'rate-limited-12ms', 'delay-350ms', 'delay-12.5s', 'rate-limited-1m5s', 'delay-in-seconds', 'delay-after-seconds', 'delay-retry-in', 'delay-retry-after-0', 'delay-1s-and-more', 'delay-6m0s', 'delay-2h3m', 'delay-1m2.639999999s', 'delay-reset-after', 'delay-please-wait', 'delay-in-chinese', 'delay-in-chinese-long', 'delay-until-a-moment', 'daily-limit', 'daily-limit-soon', 'rate-limited-no-delay', 'daily-limit-no-delay', 'too-many-requests', 'weekly-limit-no-delay', 'monthly-limit-no-delay', 'too-many-requests-always', 'retry-after-header', 'retry-after-ms-header', 'retry-after-date-soon', 'retry-after-date', 'ratelimit-reset-header', 'ratelimit-reset-header-short', 'ratelimit-reset-header-long', 'delay-field', 'delay-field-camel', 'delay-field-beside', 'delay-in-details', 'quota-reset-delay', 'reset-at-a-moment', 'model-cooldown-then-ok', 'model-cooldown-reset-time', 'model-cooldown-long', 'moderation', 'moderation-in-stream', 'moderation-in-500', 'nested-json-error', 'moderation-nested-event', 'content-policy', 'image-policy-in-stream', 'invalid-prompt', 'bio-policy', 'misalignment-policy', 'azure-content-filter', 'content-management-policy', 'content-review-in-stream', 'against-the-rules', 'cyber-policy', 'bad-key', 'missing-key', 'example-key', 'upstream-login', 'upstream-token', 'token-expired', 'refresh-token-reused', 'unauthorised-in-200', 'account-deactivated', 'group-without-images', 'group-disabled', 'forbidden-called-quota', 'cf-challenge', 'not-found-empty', 'model-unknown', 'image-only-model', 'auth-not-found', 'auth-unavailable', 'auth-unavailable-then-ok', 'redirect', 'redirect-to-login', 'bad-size', 'size-off-grid', 'bad-background', 'tool-choice', 'tool-unsupported', 'tool-unknown', 'image-model-gone', 'model-not-in-plan', 'version-too-old', 'store-must-be-false', 'unsupported-parameter', 'detail-list', 'detail-json', 'message-only', 'code-is-a-number', 'text-400', 'stale-item', 'context-too-large', 'context-too-large-code', 'too-large', 'server-error-then-ok', 'server-error', 'server-error-in-stream', 'server-error-empty', 'blank-lines-then-error', 'error-in-a-list', 'upstream-error', 'overloaded', 'overloaded-503', 'overloaded-502', 'at-capacity', 'html-502', 'html-520', 'html-522', 'html-in-json', 'html-524', 'html-504', 'stream-disconnected', 'upstream-closed', 'html-200', 'garbage', 'rate-limited-event', 'request-too-large-event', 'limit-zero-event', 'daily-limit-event', 'too-many-requests-event', 'usage-not-included-event', 'quota-event', 'billing-limit-event', 'billing-not-active-event', 'content-policy-event', 'invalid-prompt-event', 'cyber-policy-event', 'bio-policy-event', 'misalignment-policy-event', 'upstream-login-event', 'upstream-token-event', 'token-expired-event', 'refresh-token-reused-event', 'account-deactivated-event', 'group-without-images-event', 'cf-challenge-event', 'model-unknown-event', 'image-only-model-event', 'auth-not-found-event', 'auth-unavailable-event', 'bad-size-event', 'size-off-grid-event', 'bad-background-event', 'tool-choice-event', 'tool-unknown-event', 'model-not-in-plan-event', 'version-too-old-event', 'store-must-be-false-event', 'unsupported-parameter-event', 'detail-json-event', 'stale-item-event', 'context-too-large-event', 'context-too-large-code-event', 'server-error-event', 'upstream-error-event', 'overloaded-event', 'overloaded-503-event', 'at-capacity-event', 'html-502-event', 'html-504-event', 'html-520-event', 'html-522-event', 'html-524-event', 'stream-disconnected-event', 'upstream-closed-event', 'tool-unsupported-event', 'image-model-gone-event', 'detail-lost-event', 'data-residency-event', 'vector-store-timeout-event', 'model-cooldown-event', 'input-invalid', 'input-invalid-format', 'input-invalid-base64', 'input-invalid-url', 'input-too-large', 'input-too-small', 'input-parse-error', 'input-invalid-mode', 'input-file-too-large', 'input-unsupported-media-type', 'input-empty-file', 'input-failed-to-download', 'input-file-not-found', 'eof-before-image', 'eof-inside-image', 'close-before-image', 'close-inside-image', 'eof-after-frames', 'bad-chunk', 'truncated-gzip', 'no-answer', 'reset', 'reset-inside-image', 'stall', 'stall-before-image', 'stall-inside-image', 'endless'))
        , @('edit', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('show', @('--width'), 'At most so many columns', 'files', '')
        , @('show', @('--height'), 'At most so many rows', 'files', '')
        , @('show', @('--protocol'), 'Draw this way, whatever the terminal says', 'words', @('kitty', 'iterm', 'sixel', 'half-blocks', 'none'))
        , @('show', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('inspect', @('--json'), 'Print one JSON object', '', '')
        , @('inspect', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('compare', @('--html'), 'Write a page with a slider between the two; it stands alone', 'files', '')
        , @('compare', @('--json'), 'Print one JSON object', '', '')
        , @('compare', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('strip', @('--output', '-o'), 'The copy; it must not exist yet', 'files', '')
        , @('strip', @('--credentials'), 'Take out content credentials, too', '', '')
        , @('strip', @('--json'), 'Print one JSON object', '', '')
        , @('strip', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history list', @('--search', '-s'), 'Runs whose prompt has all these words, in any language', 'files', '')
        , @('history list', @('--failed'), 'Runs that ended without a picture', '', '')
        , @('history list', @('--running'), 'Jobs that are under way', '', '')
        , @('history list', @('--unknown'), 'Jobs that may have cost a picture, though none came', '', '')
        , @('history list', @('--since'), 'Runs since then: 3h, 2d, 1w, 2026-05-01, today or yesterday', 'files', '')
        , @('history list', @('--model', '-m'), 'Runs of this model; * stands for anything', 'asked', 'models')
        , @('history list', @('--limit', '-n'), 'How many runs to show, at most', 'files', '')
        , @('history list', @('--thumbnails'), 'Show the pictures, small', '', '')
        , @('history list', @('--json'), 'Print one JSON object', '', '')
        , @('history list', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history show', @('--preview'), 'Show the picture, too: if the terminal can, always, or never', 'words', @('auto', 'always', 'never'))
        , @('history show', @('--json'), 'Print one JSON object', '', '')
        , @('history show', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history open', @('--json'), 'Print one JSON object', '', '')
        , @('history open', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history path', @('--json'), 'Print one JSON object', '', '')
        , @('history path', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history rerun', @('--prompt'), 'What to draw, as an option', 'files', '')
        , @('history rerun', @('--prompt-file'), 'Read the prompt from a file; - is standard input', 'files', '')
        , @('history rerun', @('--count', '-n'), 'Pictures to make, each by a request of its own', 'files', '')
        , @('history rerun', @('--jobs', '-j'), 'How many run at a time', 'files', '')
        , @('history rerun', @('--output', '-o'), 'File, folder/ for a name of its own in there, or - for standard output', 'files', '')
        , @('history rerun', @('--format'), 'File format; without it, that of the extension of -o', 'words', @('png', 'jpeg', 'webp', 'gif', 'avif', 'svg'))
        , @('history rerun', @('--if-exists'), 'If the file is there already: stop, replace it, or add a number to the name', 'words', @('error', 'overwrite', 'number'))
        , @('history rerun', @('--force', '-f'), 'Same as --if-exists overwrite', '', '')
        , @('history rerun', @('--name-template'), 'How pictures are named without -o', 'files', '')
        , @('history rerun', @('--provenance'), 'Where the prompt and what else made the picture is written: into your history alone, also into a file beside the picture (.xmp), or also into the picture', 'words', @('history', 'sidecar', 'embed'))
        , @('history rerun', @('--prices'), 'Estimate what it cost at list prices: `openai`, or a table of yours', 'files', '')
        , @('history rerun', @('--size'), 'Size in pixels, such as 1024x1536, or auto', 'words', @('auto', '1024x1024', '1024x1536', '1536x1024', '2048x2048', '2048x1152', '3840x2160', '2160x3840'))
        , @('history rerun', @('--quality'), 'Rendering effort', 'words', @('auto', 'low', 'medium', 'high', 'xhigh', 'max'))
        , @('history rerun', @('--complexity'), 'How much is planned before drawing, whatever reasoning the request asks for', 'words', @('low', 'medium', 'high'))
        , @('history rerun', @('--background'), 'What is behind what is drawn', 'words', @('auto', 'transparent', 'opaque'))
        , @('history rerun', @('--output-compression'), 'Compression of JPEG and WebP, in percent', 'files', '')
        , @('history rerun', @('--moderation'), 'Strictness of the safety filter', 'words', @('auto', 'low'))
        , @('history rerun', @('--partial-images'), 'Preview frames sent while the picture forms; with --stream, 2 if they can be shown', 'words', @('0', '1', '2', '3'))
        , @('history rerun', @('--image-model'), 'Model that the image tool draws with; not the text model that is asked', 'words', @('gpt-image-2.6-sunburst', 'gpt-image-2.6-flare', 'gpt-image-2.5-sunburst', 'gpt-image-2.5-flare', 'gpt-image-2', 'gpt-image-1.5', 'gpt-image-1-mini', 'chatgpt-image-latest'))
        , @('history rerun', @('--action'), 'Whether pictures that are sent are changed, or only looked at', 'words', @('auto', 'generate', 'edit'))
        , @('history rerun', @('--input-fidelity'), 'How closely pictures that are sent are kept (gpt-image-1.5)', 'words', @('low', 'high'))
        , @('history rerun', @('--image', '-i'), 'Send this picture along: a file, - for standard input, last, an id, an https address', 'asked', 'pictures')
        , @('history rerun', @('--mask'), 'Change the first picture only where this is transparent, or white if nothing of it is transparent', 'asked', 'pictures')
        , @('history rerun', @('--invert-mask'), 'Turn the mask around', '', '')
        , @('history rerun', @('--keep-outside'), 'Put the original back outside the mask; what came is kept beside it as …-raw', '', '')
        , @('history rerun', @('--mask-as-picture'), 'For gateways without masks: send a copy with the area marked in red, then as --keep-outside', '', '')
        , @('history rerun', @('--max-edge'), 'Scale pictures that are longer than this', 'files', '')
        , @('history rerun', @('--no-resize'), 'Send pictures as large as they are', '', '')
        , @('history rerun', @('--keep-metadata'), 'Send EXIF, XMP and comments too, with places and times; without this they stay here', '', '')
        , @('history rerun', @('--max-upload'), 'Size of a request, at most', 'files', '')
        , @('history rerun', @('--with-history'), 'Say what was asked for before, when the picture to go on from is one of history', '', '')
        , @('history rerun', @('--model', '-m'), 'Text model that is asked; it draws with the image tool, a service of the gateway', 'asked', 'models')
        , @('history rerun', @('--base-url'), 'Base URL of the gateway', 'files', '')
        , @('history rerun', @('--profile'), 'Profile of the config file: a set of values under one name', 'asked', 'profiles')
        , @('history rerun', @('--instructions'), 'Instructions to the text model', 'files', '')
        , @('history rerun', @('--session-id'), 'Session id; if you choose it, retries keep it', 'files', '')
        , @('history rerun', @('--stream'), 'Ask for a stream of events: previews while it is drawn, and proxies do not give up', '', '')
        , @('history rerun', @('--no-stream'), 'Not --stream', '', '')
        , @('history rerun', @('--fetch-url'), 'Fetch the picture, without the key, if the gateway sends its address instead', '', '')
        , @('history rerun', @('--no-fetch-url'), 'Not --fetch-url', '', '')
        , @('history rerun', @('--allow-image-model'), 'Send even if --model names an image model, such as gpt-image-1', '', '')
        , @('history rerun', @('--retries'), 'Further attempts, at most', 'files', '')
        , @('history rerun', @('--timeout'), 'Time of one attempt', 'files', '')
        , @('history rerun', @('--max-wait'), 'Longest wait before a retry', 'files', '')
        , @('history rerun', @('--retry-unknown'), 'Repeat attempts that may already have cost a picture', '', '')
        , @('history rerun', @('--json'), 'Print one JSON object in place of the path', '', '')
        , @('history rerun', @('--jsonl'), 'Print one JSON object per event; the last is that of --json', '', '')
        , @('history rerun', @('--quiet', '-q'), 'Say nothing but errors', '', '')
        , @('history rerun', @('--verbose', '-v'), 'Say everything: each event, the gateway''s headers, trace ids', '', '')
        , @('history rerun', @('--preview'), 'Show the picture in the terminal: if it can, always, or never', 'words', @('auto', 'always', 'never'))
        , @('history rerun', @('--no-history'), 'Do not record this run', '', '')
        , @('history rerun', @('--dry-run'), 'Print the request and its curl command; send nothing', '', '')
        , @('history rerun', @('--sandbox'), 'Use a simulated gateway inside this command', '', '')
        , @('history rerun', @('--scenario'), 'What the sandbox plays; implies --sandbox', 'words', @('ok', 'frames', 'ok-item-only', 'ok-final-only', 'another-at-the-end', 'damaged-then-sound', 'json-for-stream', 'sse-for-json', 'wrong-content-type', 'in-envelope', 'blank-lines-then-ok', 'data-only', 'event-names-lie', 'crlf', 'cr', 'bom', 'several-data-lines', 'no-final-blank-line', 'done-marker', 'keepalives', 'unknown-events', 'null-fields', 'tools-null', 'status-generating', 'incomplete-with-picture', 'filtered-after-image', 'two-images', 'jpeg-for-png', 'webp-for-png', 'gif', 'avif', 'svg', 'wrong-size', 'wrong-quality', 'all-differs', 'unpadded-base64', 'data-url', 'escaped-slashes', 'wrapped-base64', 'huge-line', 'gzip', 'byte-by-byte', 'slow', 'late-error-after-image', 'late-failed-after-image', 'late-bare-error-after-image', 'eof-after-image', 'close-after-image', 'bad-chunk-after-image', 'close-after-all', 'tools-empty-then-ok', 'tools-empty', 'no-tool-in-words', 'text-with-tools', 'text-then-ok', 'text-tools-unknown', 'picture-in-prose', 'refusal', 'refusal-part', 'empty-output', 'image-failed', 'image-failed-then-ok', 'output-missing', 'partials-only', 'max-output-tokens', 'content-filter', 'url-instead', 'damaged-png', 'cut-short-png', 'no-end-png', 'bomb-png', 'gif-for-png', 'avif-for-png', 'svg-for-png', 'bmp-for-png', 'not-a-picture', 'not-base64', 'rate-limited-then-ok', 'rate-limited', 'rate-limit-in-stream-then-ok', 'rate-limit-flat-event', 'rate-limit-nested-event', 'rate-limit-bare-event', 'rate-limit-in-200', 'request-too-large', 'limit-zero', 'usage-limit', 'usage-limit-resets-at', 'usage-limit-top-level', 'usage-limit-in-stream', 'usage-not-included', 'quota', 'billing-limit', 'billing-not-active', 'quota-exceeded', 'insufficient-balance', 'billing-error', 'quota-before-consuming', 'balance-in-500', 'quota-used-up-in-stream', 'out-of-credits', 'workspace-deactivated', 'rate-limited-12ms', 'delay-350ms', 'delay-12.5s', 'rate-limited-1m5s', 'delay-in-seconds', 'delay-after-seconds', 'delay-retry-in', 'delay-retry-after-0', 'delay-1s-and-more', 'delay-6m0s', 'delay-2h3m', 'delay-1m2.639999999s', 'delay-reset-after', 'delay-please-wait', 'delay-in-chinese', 'delay-in-chinese-long', 'delay-until-a-moment', 'daily-limit', 'daily-limit-soon', 'rate-limited-no-delay', 'daily-limit-no-delay', 'too-many-requests', 'weekly-limit-no-delay', 'monthly-limit-no-delay', 'too-many-requests-always', 'retry-after-header', 'retry-after-ms-header', 'retry-after-date-soon', 'retry-after-date', 'ratelimit-reset-header', 'ratelimit-reset-header-short', 'ratelimit-reset-header-long', 'delay-field', 'delay-field-camel', 'delay-field-beside', 'delay-in-details', 'quota-reset-delay', 'reset-at-a-moment', 'model-cooldown-then-ok', 'model-cooldown-reset-time', 'model-cooldown-long', 'moderation', 'moderation-in-stream', 'moderation-in-500', 'nested-json-error', 'moderation-nested-event', 'content-policy', 'image-policy-in-stream', 'invalid-prompt', 'bio-policy', 'misalignment-policy', 'azure-content-filter', 'content-management-policy', 'content-review-in-stream', 'against-the-rules', 'cyber-policy', 'bad-key', 'missing-key', 'example-key', 'upstream-login', 'upstream-token', 'token-expired', 'refresh-token-reused', 'unauthorised-in-200', 'account-deactivated', 'group-without-images', 'group-disabled', 'forbidden-called-quota', 'cf-challenge', 'not-found-empty', 'model-unknown', 'image-only-model', 'auth-not-found', 'auth-unavailable', 'auth-unavailable-then-ok', 'redirect', 'redirect-to-login', 'bad-size', 'size-off-grid', 'bad-background', 'tool-choice', 'tool-unsupported', 'tool-unknown', 'image-model-gone', 'model-not-in-plan', 'version-too-old', 'store-must-be-false', 'unsupported-parameter', 'detail-list', 'detail-json', 'message-only', 'code-is-a-number', 'text-400', 'stale-item', 'context-too-large', 'context-too-large-code', 'too-large', 'server-error-then-ok', 'server-error', 'server-error-in-stream', 'server-error-empty', 'blank-lines-then-error', 'error-in-a-list', 'upstream-error', 'overloaded', 'overloaded-503', 'overloaded-502', 'at-capacity', 'html-502', 'html-520', 'html-522', 'html-in-json', 'html-524', 'html-504', 'stream-disconnected', 'upstream-closed', 'html-200', 'garbage', 'rate-limited-event', 'request-too-large-event', 'limit-zero-event', 'daily-limit-event', 'too-many-requests-event', 'usage-not-included-event', 'quota-event', 'billing-limit-event', 'billing-not-active-event', 'content-policy-event', 'invalid-prompt-event', 'cyber-policy-event', 'bio-policy-event', 'misalignment-policy-event', 'upstream-login-event', 'upstream-token-event', 'token-expired-event', 'refresh-token-reused-event', 'account-deactivated-event', 'group-without-images-event', 'cf-challenge-event', 'model-unknown-event', 'image-only-model-event', 'auth-not-found-event', 'auth-unavailable-event', 'bad-size-event', 'size-off-grid-event', 'bad-background-event', 'tool-choice-event', 'tool-unknown-event', 'model-not-in-plan-event', 'version-too-old-event', 'store-must-be-false-event', 'unsupported-parameter-event', 'detail-json-event', 'stale-item-event', 'context-too-large-event', 'context-too-large-code-event', 'server-error-event', 'upstream-error-event', 'overloaded-event', 'overloaded-503-event', 'at-capacity-event', 'html-502-event', 'html-504-event', 'html-520-event', 'html-522-event', 'html-524-event', 'stream-disconnected-event', 'upstream-closed-event', 'tool-unsupported-event', 'image-model-gone-event', 'detail-lost-event', 'data-residency-event', 'vector-store-timeout-event', 'model-cooldown-event', 'input-invalid', 'input-invalid-format', 'input-invalid-base64', 'input-invalid-url', 'input-too-large', 'input-too-small', 'input-parse-error', 'input-invalid-mode', 'input-file-too-large', 'input-unsupported-media-type', 'input-empty-file', 'input-failed-to-download', 'input-file-not-found', 'eof-before-image', 'eof-inside-image', 'close-before-image', 'close-inside-image', 'eof-after-frames', 'bad-chunk', 'truncated-gzip', 'no-answer', 'reset', 'reset-inside-image', 'stall', 'stall-before-image', 'stall-inside-image', 'endless', 'images-api-shape', 'output-image', 'image-url-object', 'markdown-picture', 'chat-images', 'result-list', 'result-object', 'b64-json-call', 'json-in-a-string', 'status-and-body', 'comment-then-picture', 'events-run-together', 'preview-beside-the-picture', 'preview-elsewhere', 'url-safe-base64', 'gzip-in-name-only', 'br-in-name-only', 'zstd-in-name-only', 'deflate-in-name-only', 'codings-in-name-only', 'gzip-unannounced', 'br', 'zstd', 'comment-then-error', 'json-line-in-stream', 'error-field', 'data-data', 'data-error-words', 'errors-run-together', 'json-twice', 'json-then-done', 'event-cut-then-error', 'event-error-words', 'comment-then-refusal', 'words-in-stream', 'cause-in-metadata', 'cause-in-body', 'not-understood', 'url-in-call', 'url-in-data', 'url-in-words', 'still-queued', 'still-in-progress', 'task-submitted', 'task-in-data', 'accepted', 'framing-header-twice', 'space-in-a-header'))
        , @('history rerun', @('--no-sandbox'), 'Send it to the configured gateway, though the run was one of the sandbox', '', '')
        , @('history rerun', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history stats', @('--since'), 'Runs since then: 3h, 2d, 1w, 2026-05-01, today or yesterday', 'files', '')
        , @('history stats', @('--model', '-m'), 'Runs of this model; * stands for anything', 'asked', 'models')
        , @('history stats', @('--sandbox'), 'Of the sandbox''s runs, which are left out otherwise', '', '')
        , @('history stats', @('--json'), 'Print one JSON object', '', '')
        , @('history stats', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history export', @('--search', '-s'), 'Runs whose prompt has all these words, in any language', 'files', '')
        , @('history export', @('--failed'), 'Runs that ended without a picture', '', '')
        , @('history export', @('--since'), 'Runs since then: 3h, 2d, 1w, 2026-05-01, today or yesterday', 'files', '')
        , @('history export', @('--model', '-m'), 'Runs of this model; * stands for anything', 'asked', 'models')
        , @('history export', @('--json'), 'Errors, too, are one JSON object', '', '')
        , @('history export', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history forget', @('--json'), 'Print one JSON object', '', '')
        , @('history forget', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('history prune', @('--older-than'), 'Runs from before then: 90d, 26w or 2026-05-01', 'files', '')
        , @('history prune', @('--missing'), 'Runs whose picture is not there any more', '', '')
        , @('history prune', @('--dry-run'), 'Say which runs it would be; delete nothing', '', '')
        , @('history prune', @('--yes', '-y'), 'Do not ask', '', '')
        , @('history prune', @('--json'), 'Print one JSON object', '', '')
        , @('history prune', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('gallery', @('--output', '-o'), 'Where the page and its small copies go', 'files', '')
        , @('gallery', @('--open'), 'Open the page in the browser', '', '')
        , @('gallery', @('--search', '-s'), 'Runs whose prompt has all these words, in any language', 'files', '')
        , @('gallery', @('--failed'), 'Runs that ended without a picture', '', '')
        , @('gallery', @('--since'), 'Runs since then: 3h, 2d, 1w, 2026-05-01, today or yesterday', 'files', '')
        , @('gallery', @('--model', '-m'), 'Runs of this model; * stands for anything', 'asked', 'models')
        , @('gallery', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config show', @('--profile'), 'Profile of the config file to look at', 'asked', 'profiles')
        , @('config show', @('--all'), 'Show each source that was asked, and what was found there', '', '')
        , @('config show', @('--json'), 'Print one JSON object', '', '')
        , @('config show', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config path', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config init', @('--base-url'), 'Base URL of the gateway', 'files', '')
        , @('config init', @('--model', '-m'), 'Text model that is asked', 'asked', 'models')
        , @('config init', @('--api-key-env'), 'Variable that holds the API key', 'files', '')
        , @('config init', @('--api-key-command'), 'Program that prints the API key', 'files', '')
        , @('config init', @('--no-key'), 'The gateway takes requests without a key', '', '')
        , @('config init', @('--format'), 'File format', 'words', @('png', 'jpeg', 'webp', 'gif', 'avif', 'svg'))
        , @('config init', @('--output-dir'), 'Where pictures go without -o', 'files', '')
        , @('config init', @('--profile'), 'Write to this profile, a new one too', 'asked', 'profiles')
        , @('config init', @('--yes', '-y'), 'Ask nothing; for scripts', '', '')
        , @('config init', @('--no-test'), 'Do not ask the gateway whether it works', '', '')
        , @('config init', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config edit', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config get', @('--profile'), 'The table of this profile, in place of the top of the file', 'asked', 'profiles')
        , @('config get', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config set', @('--profile'), 'The table of this profile, in place of the top of the file', 'asked', 'profiles')
        , @('config set', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config unset', @('--profile'), 'The table of this profile, in place of the top of the file', 'asked', 'profiles')
        , @('config unset', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config profile', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config profile list', @('--json'), 'Print one JSON object', '', '')
        , @('config profile list', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config profile use', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('config profile remove', @('--yes', '-y'), 'Do not ask', '', '')
        , @('config profile remove', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('models', @('--base-url'), 'Base URL of the gateway', 'files', '')
        , @('models', @('--profile'), 'Profile of the config file', 'asked', 'profiles')
        , @('models', @('--json'), 'Print one JSON object', '', '')
        , @('models', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('doctor', @('--live'), 'Also make one small picture, which costs what it costs, and look at it', '', '')
        , @('doctor', @('--base-url'), 'Base URL of the gateway', 'files', '')
        , @('doctor', @('--model', '-m'), 'Text model that will be asked', 'asked', 'models')
        , @('doctor', @('--profile'), 'Profile of the configuration file', 'asked', 'profiles')
        , @('doctor', @('--json'), 'Print one JSON object', '', '')
        , @('doctor', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('completion', @('--install'), 'Put the script where the shell looks', '', '')
        , @('completion', @('--uninstall'), 'Take the script away', '', '')
        , @('completion', @('--export'), 'Write the scripts of all shells there, for packages', 'files', '')
        , @('completion', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('skill', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('skill show', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('skill install', @('--agent'), 'For this agent; without it, for those found on this machine', 'words', @('claude', 'codex', 'openclaw', 'gemini', 'cursor', 'all'))
        , @('skill install', @('--scope'), 'In your home folder, or in the current one', 'words', @('user', 'project'))
        , @('skill install', @('--dry-run'), 'Say what would be done; change nothing', '', '')
        , @('skill install', @('--force', '-f'), 'Also over what was changed, and through links', '', '')
        , @('skill install', @('--json'), 'Print one JSON object', '', '')
        , @('skill install', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('skill status', @('--agent'), 'For this agent; without it, for those found on this machine', 'words', @('claude', 'codex', 'openclaw', 'gemini', 'cursor', 'all'))
        , @('skill status', @('--scope'), 'In your home folder, or in the current one', 'words', @('user', 'project'))
        , @('skill status', @('--json'), 'Print one JSON object', '', '')
        , @('skill status', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('skill uninstall', @('--agent'), 'For this agent; without it, for those found on this machine', 'words', @('claude', 'codex', 'openclaw', 'gemini', 'cursor', 'all'))
        , @('skill uninstall', @('--scope'), 'In your home folder, or in the current one', 'words', @('user', 'project'))
        , @('skill uninstall', @('--dry-run'), 'Say what would be done; change nothing', '', '')
        , @('skill uninstall', @('--force', '-f'), 'Also if you changed it', '', '')
        , @('skill uninstall', @('--json'), 'Print one JSON object', '', '')
        , @('skill uninstall', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('schema', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('sandbox', @('--port'), 'Port on 127.0.0.1; 0 takes any free one', 'files', '')
        , @('sandbox', @('--scenario'), 'What it plays; --list shows all', 'words', @('ok', 'frames', 'ok-item-only', 'ok-final-only', 'another-at-the-end', 'damaged-then-sound', 'json-for-stream', 'sse-for-json', 'wrong-content-type', 'in-envelope', 'blank-lines-then-ok', 'data-only', 'event-names-lie', 'crlf', 'cr', 'bom', 'several-data-lines', 'no-final-blank-line', 'done-marker', 'keepalives', 'unknown-events', 'null-fields', 'tools-null', 'status-generating', 'incomplete-with-picture', 'filtered-after-image', 'two-images', 'jpeg-for-png', 'webp-for-png', 'gif', 'avif', 'svg', 'wrong-size', 'wrong-quality', 'all-differs', 'unpadded-base64', 'data-url', 'escaped-slashes', 'wrapped-base64', 'huge-line', 'gzip', 'byte-by-byte', 'slow', 'late-error-after-image', 'late-failed-after-image', 'late-bare-error-after-image', 'eof-after-image', 'close-after-image', 'bad-chunk-after-image', 'close-after-all', 'tools-empty-then-ok', 'tools-empty', 'no-tool-in-words', 'text-with-tools', 'text-then-ok', 'text-tools-unknown', 'picture-in-prose', 'refusal', 'refusal-part', 'empty-output', 'image-failed', 'image-failed-then-ok', 'output-missing', 'partials-only', 'max-output-tokens', 'content-filter', 'url-instead', 'damaged-png', 'cut-short-png', 'no-end-png', 'bomb-png', 'gif-for-png', 'avif-for-png', 'svg-for-png', 'bmp-for-png', 'not-a-picture', 'not-base64', 'rate-limited-then-ok', 'rate-limited', 'rate-limit-in-stream-then-ok', 'rate-limit-flat-event', 'rate-limit-nested-event', 'rate-limit-bare-event', 'rate-limit-in-200', 'request-too-large', 'limit-zero', 'usage-limit', 'usage-limit-resets-at', 'usage-limit-top-level', 'usage-limit-in-stream', 'usage-not-included', 'quota', 'billing-limit', 'billing-not-active', 'quota-exceeded', 'insufficient-balance', 'billing-error', 'quota-before-consuming', 'balance-in-500', 'quota-used-up-in-stream', 'out-of-credits', 'workspace-deactivated', 'rate-limited-12ms', 'delay-350ms', 'delay-12.5s', 'rate-limited-1m5s', 'delay-in-seconds', 'delay-after-seconds', 'delay-retry-in', 'delay-retry-after-0', 'delay-1s-and-more', 'delay-6m0s', 'delay-2h3m', 'delay-1m2.639999999s', 'delay-reset-after', 'delay-please-wait', 'delay-in-chinese', 'delay-in-chinese-long', 'delay-until-a-moment', 'daily-limit', 'daily-limit-soon', 'rate-limited-no-delay', 'daily-limit-no-delay', 'too-many-requests', 'weekly-limit-no-delay', 'monthly-limit-no-delay', 'too-many-requests-always', 'retry-after-header', 'retry-after-ms-header', 'retry-after-date-soon', 'retry-after-date', 'ratelimit-reset-header', 'ratelimit-reset-header-short', 'ratelimit-reset-header-long', 'delay-field', 'delay-field-camel', 'delay-field-beside', 'delay-in-details', 'quota-reset-delay', 'reset-at-a-moment', 'model-cooldown-then-ok', 'model-cooldown-reset-time', 'model-cooldown-long', 'moderation', 'moderation-in-stream', 'moderation-in-500', 'nested-json-error', 'moderation-nested-event', 'content-policy', 'image-policy-in-stream', 'invalid-prompt', 'bio-policy', 'misalignment-policy', 'azure-content-filter', 'content-management-policy', 'content-review-in-stream', 'against-the-rules', 'cyber-policy', 'bad-key', 'missing-key', 'example-key', 'upstream-login', 'upstream-token', 'token-expired', 'refresh-token-reused', 'unauthorised-in-200', 'account-deactivated', 'group-without-images', 'group-disabled', 'forbidden-called-quota', 'cf-challenge', 'not-found-empty', 'model-unknown', 'image-only-model', 'auth-not-found', 'auth-unavailable', 'auth-unavailable-then-ok', 'redirect', 'redirect-to-login', 'bad-size', 'size-off-grid', 'bad-background', 'tool-choice', 'tool-unsupported', 'tool-unknown', 'image-model-gone', 'model-not-in-plan', 'version-too-old', 'store-must-be-false', 'unsupported-parameter', 'detail-list', 'detail-json', 'message-only', 'code-is-a-number', 'text-400', 'stale-item', 'context-too-large', 'context-too-large-code', 'too-large', 'server-error-then-ok', 'server-error', 'server-error-in-stream', 'server-error-empty', 'blank-lines-then-error', 'error-in-a-list', 'upstream-error', 'overloaded', 'overloaded-503', 'overloaded-502', 'at-capacity', 'html-502', 'html-520', 'html-522', 'html-in-json', 'html-524', 'html-504', 'stream-disconnected', 'upstream-closed', 'html-200', 'garbage', 'rate-limited-event', 'request-too-large-event', 'limit-zero-event', 'daily-limit-event', 'too-many-requests-event', 'usage-not-included-event', 'quota-event', 'billing-limit-event', 'billing-not-active-event', 'content-policy-event', 'invalid-prompt-event', 'cyber-policy-event', 'bio-policy-event', 'misalignment-policy-event', 'upstream-login-event', 'upstream-token-event', 'token-expired-event', 'refresh-token-reused-event', 'account-deactivated-event', 'group-without-images-event', 'cf-challenge-event', 'model-unknown-event', 'image-only-model-event', 'auth-not-found-event', 'auth-unavailable-event', 'bad-size-event', 'size-off-grid-event', 'bad-background-event', 'tool-choice-event', 'tool-unknown-event', 'model-not-in-plan-event', 'version-too-old-event', 'store-must-be-false-event', 'unsupported-parameter-event', 'detail-json-event', 'stale-item-event', 'context-too-large-event', 'context-too-large-code-event', 'server-error-event', 'upstream-error-event', 'overloaded-event', 'overloaded-503-event', 'at-capacity-event', 'html-502-event', 'html-504-event', 'html-520-event', 'html-522-event', 'html-524-event', 'stream-disconnected-event', 'upstream-closed-event', 'tool-unsupported-event', 'image-model-gone-event', 'detail-lost-event', 'data-residency-event', 'vector-store-timeout-event', 'model-cooldown-event', 'input-invalid', 'input-invalid-format', 'input-invalid-base64', 'input-invalid-url', 'input-too-large', 'input-too-small', 'input-parse-error', 'input-invalid-mode', 'input-file-too-large', 'input-unsupported-media-type', 'input-empty-file', 'input-failed-to-download', 'input-file-not-found', 'eof-before-image', 'eof-inside-image', 'close-before-image', 'close-inside-image', 'eof-after-frames', 'bad-chunk', 'truncated-gzip', 'no-answer', 'reset', 'reset-inside-image', 'stall', 'stall-before-image', 'stall-inside-image', 'endless', 'images-api-shape', 'output-image', 'image-url-object', 'markdown-picture', 'chat-images', 'result-list', 'result-object', 'b64-json-call', 'json-in-a-string', 'status-and-body', 'comment-then-picture', 'events-run-together', 'preview-beside-the-picture', 'preview-elsewhere', 'url-safe-base64', 'gzip-in-name-only', 'br-in-name-only', 'zstd-in-name-only', 'deflate-in-name-only', 'codings-in-name-only', 'gzip-unannounced', 'br', 'zstd', 'comment-then-error', 'json-line-in-stream', 'error-field', 'data-data', 'data-error-words', 'errors-run-together', 'json-twice', 'json-then-done', 'event-cut-then-error', 'event-error-words', 'comment-then-refusal', 'words-in-stream', 'cause-in-metadata', 'cause-in-body', 'not-understood', 'url-in-call', 'url-in-data', 'url-in-words', 'still-queued', 'still-in-progress', 'task-submitted', 'task-in-data', 'accepted', 'framing-header-twice', 'space-in-a-header'))
        , @('sandbox', @('--pace'), 'Seconds that one picture takes, at most 600', 'files', '')
        , @('sandbox', @('--list'), 'List the scenarios and how a run ends in each', '', '')
        , @('sandbox', @('--json'), 'Print JSON in place of text', '', '')
        , @('sandbox', @('--help', '-h'), 'Show this help and exit', '', '')
        , @('help', @('--json'), 'Print one JSON object', '', '')
        , @('help', @('--man'), 'Print the man page of the whole program', '', '')
        , @('help', @('--help', '-h'), 'Show this help and exit', '', '')
    )

    # Command, number of the place, whether any later one is the same, what it is, words or question.
    $places = @(
        , @('generate', 0, $false, 'files', '')
        , @('edit', 0, $true, 'asked', 'pictures')
        , @('edit', 1, $false, 'files', '')
        , @('show', 0, $false, 'files', '')
        , @('inspect', 0, $true, 'files', '')
        , @('compare', 0, $false, 'files', '')
        , @('compare', 1, $false, 'files', '')
        , @('strip', 0, $false, 'files', '')
        , @('history show', 0, $false, 'asked', 'history-ids')
        , @('history open', 0, $false, 'asked', 'history-ids')
        , @('history path', 0, $false, 'asked', 'history-ids')
        , @('history rerun', 0, $false, 'asked', 'history-ids')
        , @('history forget', 0, $true, 'asked', 'history-ids')
        , @('config get', 0, $false, 'words', @('base_url', 'model', 'format', 'output_dir', 'name_template', 'api_key_command', 'api_key_env', 'stream', 'fetch_url', 'retries', 'timeout', 'max_wait', 'instructions', 'preview', 'if_exists', 'provenance', 'prices', 'headers', 'size', 'quality', 'complexity', 'background', 'output_compression', 'moderation', 'partial_images', 'image_model', 'action', 'input_fidelity', 'default_profile'))
        , @('config set', 0, $false, 'words', @('base_url', 'model', 'format', 'output_dir', 'name_template', 'api_key_command', 'api_key_env', 'stream', 'fetch_url', 'retries', 'timeout', 'max_wait', 'instructions', 'preview', 'if_exists', 'provenance', 'prices', 'headers', 'size', 'quality', 'complexity', 'background', 'output_compression', 'moderation', 'partial_images', 'image_model', 'action', 'input_fidelity', 'default_profile'))
        , @('config set', 1, $false, 'asked', 'values')
        , @('config unset', 0, $false, 'words', @('base_url', 'model', 'format', 'output_dir', 'name_template', 'api_key_command', 'api_key_env', 'stream', 'fetch_url', 'retries', 'timeout', 'max_wait', 'instructions', 'preview', 'if_exists', 'provenance', 'prices', 'headers', 'size', 'quality', 'complexity', 'background', 'output_compression', 'moderation', 'partial_images', 'image_model', 'action', 'input_fidelity', 'default_profile'))
        , @('config profile use', 0, $false, 'asked', 'profiles')
        , @('config profile remove', 0, $false, 'asked', 'profiles')
        , @('completion', 0, $false, 'words', @('bash', 'zsh', 'fish', 'powershell'))
        , @('schema', 0, $false, 'words', @('agent-settings', 'compared', 'doctor', 'event', 'help', 'history', 'inspection', 'models', 'profiles', 'result', 'results', 'run', 'running', 'scenarios', 'settings', 'skill', 'stripped'))
        , @('help', 0, $true, 'files', '')
    )

    $elements = @($commandAst.CommandElements)
    $before = @($elements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })

    $path = ''
    $place = 0
    $ended = $false
    $option = $null
    foreach ($word in $before) {
        if ($null -ne $option) {
            $option = $null
        } elseif ($ended) {
            $place++
        } elseif ($word -ceq '--') {
            $ended = $true
        } elseif ($word.StartsWith('-')) {
            $option = $options | Where-Object { $_[0] -ceq $path -and $_[1] -ccontains $word -and $_[3] -cne '' } |
                Select-Object -First 1
        } else {
            $below = "$path $word".Trim()
            if ($commands | Where-Object { $_[0] -ceq $below }) {
                $path = $below
            } else {
                $place++
            }
        }
    }

    $current = $wordToComplete
    $prefix = ''
    if ($null -eq $option -and -not $ended -and $current -cmatch '^(--[^=]+)=(.*)$') {
        $spelling = $Matches[1]
        $option = $options | Where-Object { $_[0] -ceq $path -and $_[1] -ccontains $spelling -and $_[3] -cne '' } |
            Select-Object -First 1
        $prefix = "$spelling="
        $current = $Matches[2]
    }

    # Each offer is a text, a description, and whether it must be quoted.
    $offers = @()
    $kind = ''
    $values = ''
    if ($null -ne $option) {
        $kind = $option[3]
        $values = $option[4]
    } elseif (-not $ended -and $current.StartsWith('-')) {
        foreach ($row in $options | Where-Object { $_[0] -ceq $path }) {
            foreach ($spelling in $row[1]) {
                $offers += , @($spelling, $row[2])
            }
        }
    } elseif ($commands | Where-Object { $_[0].StartsWith("$path ".TrimStart()) -and $_[0] -cne $path }) {
        foreach ($row in $commands) {
            $cut = $row[0].LastIndexOf(' ')
            $parent = if ($cut -lt 0) { '' } else { $row[0].Substring(0, $cut) }
            $name = $row[0].Substring($cut + 1)
            if ($parent -ceq $path -and $place -eq 0) {
                $offers += , @($name, $row[1])
            }
        }
    } else {
        $row = $places | Where-Object { $_[0] -ceq $path -and ($_[1] -eq $place -or ($_[2] -and $_[1] -lt $place)) } |
            Select-Object -First 1
        if ($null -ne $row) {
            $kind = $row[3]
            $values = $row[4]
        }
    }

    if ($kind -ceq 'words') {
        foreach ($value in $values) {
            $offers += , @($value, $value)
        }
    } elseif ($kind -ceq 'asked') {
        $program = $elements[0].ToString()
        $before = @($elements | ForEach-Object { $_.ToString() })
        foreach ($line in & $program __complete $values $current @before 2>$null) {
            $value, $about = $line -split "`t", 2
            if ($value -cnotmatch '^[\w.~:/+-]+$') {
                $value = "'" + $value.Replace("'", "''") + "'"
            }
            $offers += , @($value, $about)
        }
    }

    # Where nothing is offered, PowerShell offers files by itself.
    foreach ($offer in $offers | Where-Object { $kind -ceq 'asked' -or $_[0].StartsWith($current) }) {
        $about = if ($offer[1]) { $offer[1] } else { $offer[0] }
        [System.Management.Automation.CompletionResult]::new($prefix + $offer[0], $offer[0], 'ParameterValue', $about)
    }
}
