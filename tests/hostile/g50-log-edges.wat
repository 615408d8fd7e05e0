;;! id = "G50"
;;! what = "logs as often and as much as it may, and once more"
;;! expect = "host-calls"
;; How often, and how long each line.
;;! case = { "name": "calls-1000", "text": "(i32.const 1000) (i32.const 0)", "expect": "allow" }
;;! case = { "name": "calls-1001", "text": "(i32.const 1001) (i32.const 0)", "dies-of": "log-calls" }
;;! case = { "name": "bytes-65536", "text": "(i32.const 16) (i32.const 4096)", "expect": "allow" }
;;! case = { "name": "bytes-69632", "text": "(i32.const 17) (i32.const 4096)", "dies-of": "log-bytes" }
(import "interlock:policy/log@0.2.0" "log" (func $log (param $level i32) (param $text i32) (param $length i32)))
(func $evaluate (param $request i32) (result i32) (call $lines {case}))
(func $lines (param $count i32) (param $length i32) (result i32)
  (loop $more
    (call $log (i32.const 3) (i32.const 4096) (local.get $length))
    (local.set $count (i32.sub (local.get $count) (i32.const 1)))
    (br_if $more (local.get $count)))
  (call $answer-nothing))
