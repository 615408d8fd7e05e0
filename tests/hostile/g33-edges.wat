;;! id = "G33"
;;! what = "answers with as much as it may, and with one more"
;;! expect = "output-too-large"
;; How many findings, how long each message, how many evidence labels on each.
;;! case = { "name": "findings-1000", "text": "(i32.const 1000) (i32.const 16) (i32.const 0)", "expect": "warn" }
;;! case = { "name": "findings-1001", "text": "(i32.const 1001) (i32.const 16) (i32.const 0)", "contains": "1001 findings, limit 1000", "dies-of": "findings" }
;;! case = { "name": "text-4096", "text": "(i32.const 1) (i32.const 4096) (i32.const 0)", "expect": "warn" }
;;! case = { "name": "text-4097", "text": "(i32.const 1) (i32.const 4097) (i32.const 0)", "contains": "a text of 4097 bytes, limit 4096", "dies-of": "text-bytes" }
;;! case = { "name": "items-100", "text": "(i32.const 1) (i32.const 16) (i32.const 100)", "expect": "warn" }
;;! case = { "name": "items-101", "text": "(i32.const 1) (i32.const 16) (i32.const 101)", "contains": "a list of 101 items, limit 100", "dies-of": "items" }
;; 63 times 4096 bytes and the rule's name of 9 are 258,615 bytes; 64 times are more than 262,144.
;;! case = { "name": "output-63", "text": "(i32.const 63) (i32.const 4096) (i32.const 0)", "expect": "warn" }
;;! case = { "name": "output-64", "text": "(i32.const 64) (i32.const 4096) (i32.const 0)", "contains": "an answer of more than 262144 bytes", "dies-of": "output-bytes" }
(func $evaluate (param $request i32) (result i32) (call $many {case}))
(func $many (param $count i32) (param $length i32) (param $evidence i32) (result i32)
  (local $at i32) (local $start i32)
  (i32.store (i32.const 2064) (local.get $length))
  (memory.fill (i32.const 4096) (i32.const 46) (i32.const 5000))
  (i32.store (i32.const 2060) (i32.const 4096))
  ;; each label is empty: the memory it is read from is zero
  (i32.store (i32.const 2088) (i32.const 32768))
  (i32.store (i32.const 2092) (local.get $evidence))
  (local.set $start (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
  (local.set $at (local.get $start))
  (loop $more
    (memory.copy (local.get $at) (i32.const 2048) (i32.const 48))
    (local.set $at (i32.add (local.get $at) (i32.const 48)))
    (br_if $more
      (i32.lt_u
        (i32.div_u (i32.sub (local.get $at) (local.get $start)) (i32.const 48))
        (local.get $count))))
  (call $answer (local.get $start) (local.get $count)))
