;;! id = "G15"
;;! what = "asks for a table of 2^32-1 entries and calls the last of them"
;;! expect = "table"
(table $table 1 funcref)
(func $evaluate (param $request i32) (result i32)
  (drop (table.grow $table (ref.null func) (i32.const -1)))
  (call_indirect $table (result i32) (i32.const -1)))
