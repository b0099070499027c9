//go:build deps

// Package main keeps modules in go.mod that are about to be used.
package main

import (
	_ "github.com/go-co-op/gocron/v2"
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/wneessen/go-mail"
	_ "modernc.org/sqlite"
)
