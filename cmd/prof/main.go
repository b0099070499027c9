package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"

	"verso/olap"
	"verso/olap/engine/duck"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/site"
)

func main() {
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Path: os.Args[1], ReadOnly: true})
	if err != nil {
		panic(err)
	}
	o, err := olap.Open(ctx, db, olap.Options{})
	if err != nil {
		panic(err)
	}
	src := page.FromOlap(o, db)
	src.Customers, _ = strconv.Atoi(os.Args[2])
	f, _ := os.Create("/tmp/site-work/cpu.prof")
	pprof.StartCPUProfile(f)
	s, err := site.Build(ctx, site.Options{Out: "/tmp/site-work/prof", Source: src}, pages.All()...)
	pprof.StopCPUProfile()
	fmt.Println(s, err)
}
