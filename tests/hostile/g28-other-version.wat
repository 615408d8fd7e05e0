;;! id = "G28"
;;! what = "exports another version of the contract"
;;! expect = "load/other-contract"
;;! contains = "0.3.0"
;;! form = "component"
(component
  (instance $policy)
  (export "interlock:policy/policy@0.3.0" (instance $policy)))
