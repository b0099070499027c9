package main

import (
	"os"
	"testing"
)

func TestKept(t *testing.T) {
	c := compareGenerations(t, os.Getenv("GEN_A"), os.Getenv("GEN_B"))
	for _, d := range c.differences {
		t.Log(d)
	}
	t.Logf("%d tables, %d rows, %d differ", c.tables, c.rows, len(c.differences))
}
