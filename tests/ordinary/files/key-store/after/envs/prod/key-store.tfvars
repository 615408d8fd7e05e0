# Read by the module key-store; one file for each environment.
region         = "eu-west-3"
node_count_min = 7
node_count_max = 12
machine_type   = "c7g.xlarge"
disk_size_gb   = 250
subnets        = ["10.8.0.0/20", "10.8.16.0/20", "10.8.32.0/20"]
allowed_cidrs  = ["10.0.0.0/12", "10.64.0.0/12"]
tags = {
  owner = "security-platform"
  cost  = "4410"
  since = "2026-03"
}
