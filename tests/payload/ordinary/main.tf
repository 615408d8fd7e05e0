# A database, its network and what reads from it.
terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.40"
    }
  }
  backend "s3" {
    bucket = "example-state"
    key    = "shop/terraform.tfstate"
    region = "eu-west-1"
  }
}

provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

locals {
  name = "${var.project}-${terraform.workspace}"
  tags = merge(var.tags, { Name = local.name })
  azs  = [for az in data.aws_availability_zones.all.names : az if az != "eu-west-1c"]
}

data "aws_availability_zones" "all" {}

variable "region" {
  type        = string
  default     = "eu-west-1"
  description = "Where it stands"
  validation {
    condition     = can(regex("^eu-", var.region))
    error_message = "Only in the EU."
  }
}

resource "aws_db_instance" "main" {
  identifier              = local.name
  allocated_storage       = 100
  engine                  = "postgres"
  engine_version          = "15.4"
  instance_class          = var.production ? "db.r6g.large" : "db.t4g.micro"
  backup_retention_period = 14
  deletion_protection     = true
  password                = random_password.db.result
  tags                    = local.tags

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [password]
  }
}

resource "aws_security_group" "db" {
  name_prefix = "${local.name}-"
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
  ingress {
    from_port   = 9187
    to_port     = 9187
    protocol    = "tcp"
    cidr_blocks = ["10.1.0.0/16"]
  }
  dynamic "egress" {
    for_each = var.egress
    content {
      from_port = egress.value["port"]
      to_port   = egress.value["port"]
      protocol  = -1
    }
  }
}

resource "aws_iam_policy" "read" {
  count  = length(var.readers)
  name   = "read-${count.index}"
  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{ "Effect": "Allow", "Action": "rds:Describe*", "Resource": "${aws_db_instance.main.arn}" }]
    }
  EOT
}

output "motd" {
  value = <<EOT
Nothing to evaluate here.
EOT
}
