package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/site"
)

type counting struct {
	engine.Database
	mu   sync.Mutex
	seen map[string]int
	took map[string]time.Duration
}

func (c *counting) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	key := fmt.Sprintf("%q %v", s.SQL, s.Args)
	t := time.Now()
	r, err := c.Database.Query(ctx, s)
	c.mu.Lock()
	c.seen[key]++
	c.took[key] += time.Since(t)
	c.mu.Unlock()
	return r, err
}

func main() {
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Path: os.Args[1], ReadOnly: true})
	if err != nil {
		panic(err)
	}
	c := &counting{Database: db, seen: map[string]int{}, took: map[string]time.Duration{}}
	o, err := olap.Open(ctx, c, olap.Options{})
	if err != nil {
		panic(err)
	}
	src := page.FromOlap(o, db)
	src.Customers, _ = strconv.Atoi(os.Args[2])
	f, _ := os.Create("/tmp/site-work/cpu.prof")
	pprof.StartCPUProfile(f)
	s, err := site.Build(ctx, site.Options{Out: "/tmp/site-work/prof", Source: src}, pages.All()...)
	pprof.StopCPUProfile()
	n, d := 0, 0
	var took, twice time.Duration
	for k, x := range c.seen {
		n += x
		d += x - 1
		took += c.took[k]
		if x > 1 {
			twice += c.took[k] * time.Duration(x-1) / time.Duration(x)
		}
	}
	fmt.Println("cube statements", n, "repeated", d, took, twice)
	fmt.Println(s, err)
}
