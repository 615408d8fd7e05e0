;;! id = "G15"
;;! what = "asks for more table entries than it may hold, does not look whether it got them, and calls the last"
;;! expect = "table"
;; A table is paid for by the entry before it grows, so the largest one does not even reach the limit on tables.
;;! case = { "name": "a-million", "text": "1000000", "dies-of": "table-elements" }
;;! case = { "name": "largest", "text": "0xffffffff", "expect": "fuel" }
(table $table 1 funcref)
(func $evaluate (param $request i32) (result i32)
  (drop (table.grow $table (ref.null func) (i32.const {case})))
  (call_indirect $table (result i32) (i32.const {case})))
