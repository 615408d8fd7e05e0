;;! id = "G10"
;;! what = "does not look whether its memory grew, and writes where it thinks the new page is"
;;! expect = "memory"
;;! dies-of = "memory-bytes"
(func $evaluate (param $request i32) (result i32)
  (loop $more
    (i32.store (i32.mul (memory.grow (i32.const 16)) (i32.const 65536)) (i32.const 1))
    (br $more))
  (unreachable))
