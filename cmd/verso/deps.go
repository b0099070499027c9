//go:build deps

// Package main keeps modules in go.mod that are about to be used.
package main

import (
	_ "github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite"
)
