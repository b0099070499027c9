package landing

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbered is a chain of segments of these kinds, numbered from 1, each in a file
// of its own.
func numbered(kinds ...Kind) *Chain {
	c := &Chain{Extract: "shop", Next: len(kinds) + 1}
	for i, k := range kinds {
		c.Segments = append(c.Segments, Segment{No: i + 1, Kind: k, File: fileOf(i + 1), Rows: int64(10 * (i + 1))})
	}
	return c
}

func fileOf(no int) string { return string(rune('a'+no-1)) + ".parquet" }

func numbers(segments []Segment) []int {
	var out []int
	for _, s := range segments {
		out = append(out, s.No)
	}
	return out
}

func TestTail(t *testing.T) {
	for name, x := range map[string]struct {
		chain *Chain
		tail  []int
		last  int
		rows  int64
	}{
		"empty":               {numbered(), nil, 0, 0},
		"nothing whole":       {numbered(Delta, Append), nil, 2, 0},
		"one":                 {numbered(Full), []int{1}, 1, 10},
		"from the last whole": {numbered(Full, Delta, Full, Delta, Append), []int{3, 4, 5}, 5, 120},
		"whole at the end":    {numbered(Full, Delta, Full), []int{3}, 3, 30},
	} {
		if got := numbers(x.chain.Tail()); !slices.Equal(got, x.tail) {
			t.Errorf("%s: tail %v, want %v", name, got, x.tail)
		}
		if got := x.chain.Last(); got != x.last {
			t.Errorf("%s: last %d, want %d", name, got, x.last)
		}
		if got := x.chain.Rows(); got != x.rows {
			t.Errorf("%s: %d rows, want %d", name, got, x.rows)
		}
	}
}

// A segment with anything at all must be staged: each field counts by itself.
func TestNothing(t *testing.T) {
	for name, x := range map[string]struct {
		segment Segment
		want    bool
	}{
		"nothing":           {Segment{Kind: Delta, Read: 7, Columns: nil}, true},
		"appended nothing":  {Segment{Kind: Append}, true},
		"whole and empty":   {Segment{Kind: Full}, false},
		"rows":              {Segment{Kind: Delta, Rows: 1}, false},
		"rejects":           {Segment{Kind: Delta, Rejected: 1}, false},
		"deleted keys":      {Segment{Kind: Delta, Gone: true}, false},
		"a range again":     {Segment{Kind: Delta, Window: &Window{}}, false},
		"rows taken away":   {Segment{Kind: Append, Replaced: []Span{{Segment: 1, From: 0, To: 1}}}, false},
		"folded":            {Segment{Kind: Delta, First: 1}, false},
		"whole with reject": {Segment{Kind: Full, Rejected: 1}, false},
	} {
		if got := x.segment.Nothing(); got != x.want {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}

func TestOldest(t *testing.T) {
	if n := (&Segment{No: 5}).Oldest(); n != 5 {
		t.Errorf("a segment of its own rows begins with %d, want 5", n)
	}
	if n := (&Segment{No: 5, First: 2}).Oldest(); n != 2 {
		t.Errorf("a folded segment begins with %d, want 2", n)
	}
}

// The digest of several segments depends on their order and kinds.
func TestDigest(t *testing.T) {
	a, b := Segment{Kind: Full, SHA256: "a"}, Segment{Kind: Delta, SHA256: "b"}
	if got := Digest([]Segment{a}); got != "a" {
		t.Errorf("one segment has the digest %q, want its own", got)
	}
	seen := map[string]string{}
	for name, list := range map[string][]Segment{
		"none": nil, "both": {a, b}, "turned": {b, a}, "appended": {a, {Kind: Append, SHA256: "b"}}, "other": {a, {Kind: Delta, SHA256: "c"}},
	} {
		d := Digest(list)
		if other, ok := seen[d]; ok || len(d) != 64 {
			t.Errorf("%s has the digest %q of %s", name, d, other)
		}
		seen[d] = name
	}
}

// What is pending is taken over or forgotten whole, and only files that nothing
// names any longer are let go.
func TestSettleChain(t *testing.T) {
	before := Position{Watermark: "1", Known: "old.known"}
	after := Position{Watermark: "2", Known: "new.known"}
	chain := func(p *Pending) *Chain {
		c := numbered(Full, Delta, Delta)
		c.Signature, c.AsOf, c.Position, c.Pending = "before", "2026-01-01", before, p
		return c
	}
	next := &Segment{No: 4, Kind: Delta, File: "d.parquet"}
	names := func(nos ...int) (out []string) {
		for _, no := range nos {
			out = append(out, (&Segment{File: fileOf(no)}).names()...)
		}
		return out
	}
	for name, x := range map[string]struct {
		pending   *Pending
		published bool
		segments  []int
		position  Position
		signature string
		dropped   []string
	}{
		"nothing pending, published":     {nil, true, []int{1, 2, 3}, before, "before", nil},
		"nothing pending":                {nil, false, []int{1, 2, 3}, before, "before", nil},
		"published":                      {&Pending{Segment: next, Position: after, Signature: "after"}, true, []int{1, 2, 3, 4}, after, "after", []string{"old.known"}},
		"published, same digests":        {&Pending{Segment: next, Position: Position{Watermark: "2", Known: "old.known"}, Signature: "after"}, true, []int{1, 2, 3, 4}, Position{Watermark: "2", Known: "old.known"}, "after", nil},
		"published, position alone":      {&Pending{Position: after, Signature: "after"}, true, []int{1, 2, 3}, after, "after", []string{"old.known"}},
		"published, folded":              {&Pending{Segment: &Segment{No: 4, Kind: Full, File: "d.parquet", First: 1}, Position: before, Signature: "after", Replaces: 3}, true, []int{4}, before, "after", names(1, 2, 3)},
		"published, folded in part":      {&Pending{Segment: &Segment{No: 4, Kind: Full, File: "d.parquet", First: 1}, Position: before, Signature: "after", Replaces: 2}, true, []int{3, 4}, before, "after", names(1, 2)},
		"forgotten":                      {&Pending{Segment: next, Position: after, Signature: "after"}, false, []int{1, 2, 3}, before, "before", append(names(4), "new.known")},
		"forgotten, same digests":        {&Pending{Segment: next, Position: before, Signature: "after"}, false, []int{1, 2, 3}, before, "before", names(4)},
		"forgotten, no digests any more": {&Pending{Segment: next, Position: Position{Watermark: "2"}, Signature: "after"}, false, []int{1, 2, 3}, before, "before", names(4)},
		"forgotten, position alone":      {&Pending{Position: after, Signature: "after"}, false, []int{1, 2, 3}, before, "before", []string{"new.known"}},
		"forgotten, folded":              {&Pending{Segment: next, Position: before, Replaces: 3}, false, []int{1, 2, 3}, before, "before", names(4)},
	} {
		c := chain(x.pending)
		dropped := c.settle(x.published)
		if c.Pending != nil {
			t.Errorf("%s: something is still pending", name)
		}
		if diff := cmp.Diff(x.segments, numbers(c.Segments)); diff != "" {
			t.Errorf("%s: segments (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(x.position, c.Position); diff != "" {
			t.Errorf("%s: position (-want +got):\n%s", name, diff)
		}
		if c.Signature != x.signature {
			t.Errorf("%s: signature %q, want %q", name, c.Signature, x.signature)
		}
		if diff := cmp.Diff(x.dropped, dropped); diff != "" {
			t.Errorf("%s: let go (-want +got):\n%s", name, diff)
		}
	}
}

// A published as-of date is that of the run, and a forgotten one is not.
func TestSettleAsOf(t *testing.T) {
	for _, published := range []bool{true, false} {
		c := &Chain{AsOf: "2026-01-01", Pending: &Pending{AsOf: "2026-01-02"}}
		c.settle(published)
		if want := map[bool]string{true: "2026-01-02", false: "2026-01-01"}[published]; c.AsOf != want {
			t.Errorf("published %v: as of %s, want %s", published, c.AsOf, want)
		}
	}
}

func TestPruneChain(t *testing.T) {
	for name, x := range map[string]struct {
		kinds    []Kind
		keep     int
		segments []int
	}{
		"two of three":         {[]Kind{Full, Delta, Full, Delta, Full, Delta}, 2, []int{3, 4, 5, 6}},
		"one":                  {[]Kind{Full, Delta, Full, Delta}, 1, []int{3, 4}},
		"none asked, one kept": {[]Kind{Full, Delta, Full, Delta}, 0, []int{3, 4}},
		"as many as there are": {[]Kind{Full, Full}, 2, []int{1, 2}},
		"more than there are":  {[]Kind{Full, Full}, 3, []int{1, 2}},
		"nothing whole":        {[]Kind{Delta, Delta}, 1, []int{1, 2}},
		"parts before":         {[]Kind{Delta, Full, Delta}, 1, []int{2, 3}},
	} {
		c := numbered(x.kinds...)
		dropped := c.prune(x.keep)
		if got := numbers(c.Segments); !slices.Equal(got, x.segments) {
			t.Errorf("%s: kept %v, want %v", name, got, x.segments)
		}
		var want []string
		for _, s := range numbered(x.kinds...).Segments[:x.segments[0]-1] {
			want = append(want, s.names()...)
		}
		if diff := cmp.Diff(want, dropped); diff != "" {
			t.Errorf("%s: let go (-want +got):\n%s", name, diff)
		}
	}
}

// A manifest comes back as it was written, and what a segment does not have is not
// in its text.
func TestManifestText(t *testing.T) {
	c := numbered(Full, Delta)
	c.Segments[1].Gone, c.Segments[1].Replaced = true, []Span{{Segment: 1, From: 2, To: 3}}
	c.Segments[1].Window = &Window{Column: "day", From: "2026-01-01", Null: true}
	c.Pending = &Pending{Segment: &Segment{No: 3, Kind: Append, File: "c.parquet", First: 1, Whole: true}, Replaces: 2, AsOf: "2026-01-02"}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Chain
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, &back); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}
