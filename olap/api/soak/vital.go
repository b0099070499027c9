package soak

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Vital is what a server holds at a moment.
type Vital struct {
	Second     float64 `json:"second"` // of the run
	Goroutines int     `json:"goroutines"`
	Files      int     `json:"open_files"`
	MemoryMB   int     `json:"memory_mb"` // resident
	HeapMB     int     `json:"heap_mb"`   // of Go, in use
	GoMB       int     `json:"go_mb"`     // all that Go has from the system
	LiveMB     int     `json:"live_mb"`   // of the heap, what the last collection found in use
	DatabaseMB int     `json:"database_mb"`
	Databases  int     `json:"databases"` // open
	CachesMB   int     `json:"caches_mb"`
}

// Look reads a server's vital signs from its metrics, as an administrator.
func Look(ctx context.Context, t Target, token string) (v Vital, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.URL+"/metrics", nil)
	if err != nil {
		return v, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return v, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return v, fmt.Errorf("metrics: %s", answer.Status)
	}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue
		}
		switch mb := int(n / (1 << 20)); name {
		case "go_goroutines":
			v.Goroutines = int(n)
		case "process_open_fds":
			v.Files = int(n)
		case "process_resident_memory_bytes":
			v.MemoryMB = mb
		case "go_memstats_heap_inuse_bytes":
			v.HeapMB = mb
		case "go_memstats_sys_bytes":
			v.GoMB += mb
		case "go_memstats_heap_released_bytes":
			v.GoMB -= mb
		case "go_gc_heap_live_bytes":
			v.LiveMB = mb
		case "verso_database_memory_bytes":
			v.DatabaseMB = mb
		case "verso_databases_open":
			v.Databases = int(n)
		}
		if strings.HasPrefix(name, "verso_cache_bytes{") {
			v.CachesMB += int(n / (1 << 20))
		}
	}
	return v, lines.Err()
}

// What may be held more at the end than at the beginning.
const (
	spareGoroutines = 40
	spareFiles      = 40
)

// Leaks says what a server holds at the end that it did not hold at the beginning.
// Memory is what it held during the run: see growth.
func Leaks(before, after Vital, during []Vital) (list []string) {
	if more := after.Goroutines - before.Goroutines; more > spareGoroutines {
		list = append(list, fmt.Sprintf("%d goroutines more than before", more))
	}
	if more := after.Files - before.Files; more > spareFiles {
		list = append(list, fmt.Sprintf("%d open files more than before", more))
	}
	return append(list, growth(during)...)
}
