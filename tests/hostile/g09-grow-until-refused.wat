;;! id = "G09"
;;! what = "grows its memory until that is refused, then goes on within what it has"
;;! expect = "allow"
(func $evaluate (param $request i32) (result i32)
  (loop $more
    (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
  (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 1))
  (call $answer-nothing))
