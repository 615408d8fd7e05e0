;;! id = "G50"
;;! what = "panics with a megabyte of text that holds terminal and CI commands"
;;! expect = "panic"
;;! said = "\u001b]0;owned\u0007\u001b[2J\r\n::error::secret ##[error]secret"
(import "interlock:policy/log@0.2.0" "log" (func $log (param $level i32) (param $text i32) (param $length i32)))
(data (i32.const 4096) "\1b]0;owned\07\1b[2J\r\n::error::secret ##[error]secret")
(func $evaluate (param $request i32) (result i32)
  (local $text i32)
  (local.set $text (i32.mul (memory.grow (i32.const 16)) (i32.const 65536)))
  (memory.fill (local.get $text) (i32.const 46) (i32.const 1000000))
  (memory.copy (local.get $text) (i32.const 4096) (i32.const 47))
  (call $log (i32.const 3) (local.get $text) (i32.const 1000000))
  (unreachable))
