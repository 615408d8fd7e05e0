;;! id = "G28"
;;! what = "exports the interface under a misspelt name"
;;! expect = "load/missing-export"
;;! form = "component"
(component
  (instance $policy)
  (export "interlock:policy/polcy@0.2.0" (instance $policy)))
