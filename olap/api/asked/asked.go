// Package asked remembers the last questions and tells what they have in common.
package asked

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"verso/olap/api/audit"
)

// Recent are the last questions, 5,000 at most, for people who look at their own. The
// zero value has none. It is safe for many goroutines.
type Recent struct {
	mu   sync.Mutex
	list []audit.Entry
	next int
}

// kept is how many questions are remembered.
const kept = 5000

// Add remembers a question, in the place of the oldest where there are too many.
func (l *Recent) Add(e audit.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) < kept {
		l.list = append(l.list, e)
		return
	}
	l.list[l.next] = e
	l.next = (l.next + 1) % kept
}

// Latest gives the newest first.
func (l *Recent) Latest() []audit.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Concat(l.list[l.next:], l.list[:l.next])
	slices.Reverse(list)
	return list
}

// Where an answer came from.
const (
	FromCache  = "cache"
	FromRollup = "rollup"
	FromFacts  = "facts"
	FromSQL    = "sql"
)

// SourceOf says where the answer to a question came from.
func SourceOf(e audit.Entry) string {
	door := e.Door[strings.LastIndexByte(e.Door, '/')+1:]
	switch {
	case e.Cached, e.Outcome == "unchanged":
		return FromCache
	case e.Rollup != "":
		return FromRollup
	case door == "sql", door == "sqlcheck", door == "flight":
		return FromSQL
	}
	return FromFacts
}

// Shape is the questions remembered that differ in values only, a row of GET
// log/shapes.
type Shape struct {
	Text     string         `json:"text"` // of the latest
	Kind     string         `json:"kind"` // the door of the latest
	Asked    int            `json:"asked"`
	Users    int            `json:"users"`
	Sources  map[string]int `json:"sources"` // cache, rollup, facts, sql → askings
	TotalMS  float64        `json:"total_ms"`
	MedianMS float64        `json:"median_ms"` // of those that were not known
	MaxMS    float64        `json:"max_ms"`
	Rollup   string         `json:"rollup,omitempty"`   // that answered the latest
	Rejected []string       `json:"rejected,omitempty"` // rollups that could not answer it, with the reason
	Last     time.Time      `json:"last"`

	id    string
	took  []time.Duration
	users map[string]bool
}

// Shapes gathers questions, the newest first. An answer that was known has no
// shape in the log: it is that of the same question when it was computed.
func Shapes(entries []audit.Entry) []*Shape {
	byText := map[string]string{}
	for _, e := range entries {
		if e.Shape != "" {
			byText[e.What] = e.Shape
		}
	}
	known, list := map[string]*Shape{}, []*Shape{}
	for _, e := range entries {
		source := SourceOf(e)
		answered := e.Outcome == "ok" || e.Outcome == "unchanged"
		if !answered || e.Door == "sqlcheck" || e.Shape == "" && source == FromFacts && e.Door != "facts" && e.Door != "why" {
			continue // no question of figures: a look at the catalog, a check
		}
		id := cmp.Or(e.Shape, byText[e.What], e.What)
		s := known[id]
		if s == nil {
			s = &Shape{Text: e.What, Kind: e.Door, Sources: map[string]int{}, Rollup: e.Rollup, Rejected: e.Rejected, Last: e.Time, id: id, users: map[string]bool{}}
			known[id] = s
			list = append(list, s)
		}
		s.add(e, source)
	}
	for _, s := range list {
		s.sum()
	}
	slices.SortFunc(list, func(x, y *Shape) int {
		return cmp.Or(cmp.Compare(y.TotalMS, x.TotalMS), cmp.Compare(y.Asked, x.Asked), cmp.Compare(x.id, y.id))
	})
	return list
}

func (s *Shape) add(e audit.Entry, source string) {
	s.Asked++
	s.Sources[source]++
	s.users[e.Person] = true
	s.TotalMS += Milliseconds(e.Took)
	if source != FromCache {
		s.took = append(s.took, e.Took)
	}
}

func (s *Shape) sum() {
	s.Users = len(s.users)
	if len(s.took) == 0 {
		return
	}
	slices.Sort(s.took)
	s.MedianMS, s.MaxMS = Milliseconds(s.took[len(s.took)/2]), Milliseconds(s.took[len(s.took)-1])
}

// Milliseconds is a time as a number, to the microsecond.
func Milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
