;;! id = "G16"
;;! what = "copies 60 MiB of memory over itself, in one instruction, again and again"
;;! expect = "fuel"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 960)))
  (loop $again
    (memory.copy (i32.const 65536) (i32.const 65537) (i32.const 62914559))
    (br $again))
  (unreachable))
