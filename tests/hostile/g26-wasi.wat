;;! id = "G26"
;;! what = "is sound but for one import, of something a policy must not reach"
;;! expect = "load/forbidden-import"
;; The function has the name it has in WASI but not its type: the interface's name alone must be refused.
;;! import = "{case}"
;;! contains = "{case}"
;;! case = { "name": "filesystem", "text": "wasi:filesystem/types@0.2.6" }
;;! case = { "name": "preopens", "text": "wasi:filesystem/preopens@0.2.6" }
;;! case = { "name": "wall-clock", "text": "wasi:clocks/wall-clock@0.2.6" }
;;! case = { "name": "monotonic-clock", "text": "wasi:clocks/monotonic-clock@0.2.6" }
;;! case = { "name": "random", "text": "wasi:random/random@0.2.6" }
;;! case = { "name": "insecure", "text": "wasi:random/insecure@0.2.6" }
;;! case = { "name": "insecure-seed", "text": "wasi:random/insecure-seed@0.2.6" }
;;! case = { "name": "environment", "text": "wasi:cli/environment@0.2.6" }
;;! case = { "name": "exit", "text": "wasi:cli/exit@0.2.6" }
;;! case = { "name": "stdin", "text": "wasi:cli/stdin@0.2.6" }
;;! case = { "name": "stdout", "text": "wasi:cli/stdout@0.2.6" }
;;! case = { "name": "stderr", "text": "wasi:cli/stderr@0.2.6" }
;;! case = { "name": "sockets", "text": "wasi:sockets/tcp@0.2.6" }
;;! case = { "name": "http", "text": "wasi:http/outgoing-handler@0.2.6" }
;;! case = { "name": "own", "text": "evil:host/exec" }
(import "{case}" "call" (func $call))
(func $evaluate (param $request i32) (result i32)
  (call $call)
  (call $answer-nothing))
