;;! id = "G16"
;;! what = "fills 60 MiB of memory, in one instruction, again and again"
;;! expect = "fuel"
(func $evaluate (param $request i32) (result i32)
  (drop (memory.grow (i32.const 960)))
  (loop $again
    (memory.fill (i32.const 65536) (i32.const 7) (i32.const 62914560))
    (br $again))
  (unreachable))
