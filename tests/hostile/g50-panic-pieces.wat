;;! id = "G50"
;;! what = "sends its panic in so many pieces that it meets the limit on what it may send"
;;! expect = "host-calls"
(import "interlock:policy/log@0.1.0" "log" (func $log (param $level i32) (param $text i32) (param $length i32)))
(func $evaluate (param $request i32) (result i32)
  (loop $again
    (call $log (i32.const 3) (i32.const 4096) (i32.const 4096))
    (br $again))
  (unreachable))
