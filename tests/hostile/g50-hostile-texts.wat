;;! id = "G50"
;;! what = "logs and answers with text that holds terminal and CI commands"
;;! expect = "warn"
;;! said = "\u001b]0;owned\u0007\u001b[2J\r\n::error::secret ##[error]secret"
(import "interlock:policy/log@0.2.0" "log" (func $log (param $level i32) (param $text i32) (param $length i32)))
(data (i32.const 4096) "\1b]0;owned\07\1b[2J\r\n::error::secret ##[error]secret")
(func $evaluate (param $request i32) (result i32)
  (call $log (i32.const 1) (i32.const 4096) (i32.const 47))
  ;; the message of the sound finding
  (i64.store (i32.const 2060) (i64.const 0x0000002f_00001000))
  (call $answer-one))
