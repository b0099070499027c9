// Package landing keeps what was extracted: for every extract a chain of
// segments, each a Parquet file, and a manifest that lists them in order.
//
// A folder looks like this:
//
//	landing/<extract>.json             the manifest
//	landing/<extract>/<run>.parquet    one segment
//	landing/<extract>/….rejects        the records of it that were no rows
//	landing/<extract>/….places         where its bad rows stood in the source
//	landing/<extract>/….gone           the keys it found deleted
//	landing/<extract>/….known          a digest of every row known, for comparisons
//
// A manifest is replaced whole: beside, synced, renamed, folder synced. What a
// run landed is pending in it until the generation that holds it is published;
// only then the chain grows and its watermark advances. [Store.Settle] decides
// after a crash which of the two happened.
package landing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"verso/etl/source"
)

// Kind is what a segment stands for.
type Kind string

// The kinds of segments.
const (
	Full   Kind = "full"   // all rows of the extract: what came before is history
	Delta  Kind = "delta"  // rows that are new or changed; by key they replace earlier ones
	Append Kind = "append" // rows of files not read before
)

// Segment is one landing of an extract.
type Segment struct {
	No       int             `json:"no"` // within its chain, from 1, never used again
	Kind     Kind            `json:"kind"`
	File     string          `json:"file"` // name in the folder of the extract
	Run      string          `json:"run"`
	AsOf     string          `json:"as_of,omitempty"`
	Read     int64           `json:"read"`
	Rows     int64           `json:"rows"`
	Rejected int64           `json:"rejected,omitempty"`
	Offset   int64           `json:"offset,omitempty"` // rows landed before it, for tables whose rows are numbered
	Bytes    int64           `json:"bytes"`
	SHA256   string          `json:"sha256"` // of the source files, or of the landed file
	Columns  []source.Column `json:"columns"`
	Files    []source.File   `json:"files,omitempty"`
	Gone     bool            `json:"gone,omitempty"`   // there is a list of deleted keys
	Window   *Window         `json:"window,omitempty"` // what was read again whole
	Replaced []Span          `json:"replaced,omitempty"`
	First    int             `json:"first,omitempty"` // a folded chain: the oldest segment whose rows it holds; its rows say where they came from
	Whole    bool            `json:"whole,omitempty"` // all was read though only the difference is kept: its rejects are all there are
}

// Nothing reports whether a segment changes nothing of what the ones before it
// hold: it has no rows and no rejects, and takes none of theirs away.
func (g Segment) Nothing() bool {
	return g.Kind != Full && g.Rows == 0 && g.Rejected == 0 && !g.Gone && g.Window == nil && len(g.Replaced) == 0 && g.First == 0
}

// Window is a range of one column that a segment read again: rows known in it
// that the segment does not hold are gone.
type Window struct {
	Column string `json:"column"`         // canonical
	From   string `json:"from"`           // "": open
	To     string `json:"to,omitempty"`   // rows before it; "": open
	Null   bool   `json:"null,omitempty"` // rows without a value were read again too
}

// Span are rows of an earlier segment that no longer count: those of a file that
// was changed and read again.
type Span struct {
	Segment int   `json:"segment"`
	From    int64 `json:"from"`
	To      int64 `json:"to"` // exclusive
}

// File is a source file that was read.
type File struct {
	Bytes    int64     `json:"bytes"`
	SHA256   string    `json:"sha256"`
	Modified time.Time `json:"modified"`
	Segment  int       `json:"segment"` // that holds its rows
	From     int64     `json:"from"`    // first row in it
	To       int64     `json:"to"`      // exclusive
}

// Position is how far an extract has been read.
type Position struct {
	Watermark string          `json:"watermark,omitempty"` // largest value of the watermark column
	Log       string          `json:"log,omitempty"`       // largest moment of the change log
	Files     map[string]File `json:"files,omitempty"`     // by path: files read
	Known     string          `json:"known,omitempty"`     // file of row digests
}

// Chain is the manifest of one extract.
type Chain struct {
	Extract   string    `json:"extract"`
	Signature string    `json:"signature"`       // of how it is extracted: another one begins a new chain
	AsOf      string    `json:"as_of,omitempty"` // of the last run that read the source, published
	Next      int       `json:"next"`            // number of the segment to come
	Segments  []Segment `json:"segments"`        // oldest first; also those before the last full one
	Position  Position  `json:"position"`
	Pending   *Pending  `json:"pending,omitempty"`
}

// Pending is what an unpublished run landed.
type Pending struct {
	Segment   *Segment `json:"segment,omitempty"` // nil: nothing new
	Position  Position `json:"position"`
	Signature string   `json:"signature"`
	AsOf      string   `json:"as_of,omitempty"`
	Replaces  int      `json:"replaces,omitempty"` // a compaction: the chain up to this number is folded into Segment
}

// Tail are the segments from the last full one on: all that a rebuild reads.
// It is nil without a full one.
func (c *Chain) Tail() []Segment {
	for i := len(c.Segments) - 1; i >= 0; i-- {
		if c.Segments[i].Kind == Full {
			return c.Segments[i:]
		}
	}
	return nil
}

// Last is the number of the last published segment, 0 for none.
func (c *Chain) Last() int {
	if len(c.Segments) == 0 {
		return 0
	}
	return c.Segments[len(c.Segments)-1].No
}

// Rows is how many rows the chain has landed since the last full segment.
func (c *Chain) Rows() int64 {
	var n int64
	for _, s := range c.Tail() {
		n += s.Rows
	}
	return n
}

// Oldest is the number of the oldest segment whose rows this one holds.
func (s *Segment) Oldest() int {
	if s.First > 0 {
		return s.First
	}
	return s.No
}

// Digest identifies the content of segments: what they were read from.
func Digest(segments []Segment) string {
	if len(segments) == 1 {
		return segments[0].SHA256
	}
	h := sha256.New()
	for _, s := range segments {
		fmt.Fprintln(h, s.Kind, s.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// settle takes over what is pending, or forgets it. It returns the names of
// files that nothing refers to any longer.
func (c *Chain) settle(published bool) (dropped []string) {
	p := c.Pending
	if p == nil {
		return nil
	}
	c.Pending = nil
	if !published {
		if p.Segment != nil {
			dropped = append(dropped, p.Segment.names()...)
		}
		if p.Position.Known != c.Position.Known && p.Position.Known != "" {
			dropped = append(dropped, p.Position.Known)
		}
		return dropped
	}
	if c.Position.Known != "" && c.Position.Known != p.Position.Known {
		dropped = append(dropped, c.Position.Known)
	}
	c.Position, c.Signature, c.AsOf = p.Position, p.Signature, p.AsOf
	if p.Segment == nil {
		return dropped
	}
	if p.Replaces > 0 {
		for _, s := range c.Segments {
			if s.No <= p.Replaces {
				dropped = append(dropped, s.names()...)
			}
		}
		c.Segments = slices.DeleteFunc(c.Segments, func(s Segment) bool { return s.No <= p.Replaces })
	}
	c.Segments = append(c.Segments, *p.Segment)
	return dropped
}

// prune forgets all but the newest keep full segments with what follows them,
// and never the chain from the last full one on. It returns the files let go.
func (c *Chain) prune(keep int) (dropped []string) {
	fulls := 0
	for i := len(c.Segments) - 1; i >= 0; i-- {
		if c.Segments[i].Kind != Full {
			continue
		}
		fulls++
		if fulls == max(keep, 1) {
			for _, s := range c.Segments[:i] {
				dropped = append(dropped, s.names()...)
			}
			c.Segments = slices.Clone(c.Segments[i:])
			break
		}
	}
	return dropped
}

// names are the files a segment may have.
func (s *Segment) names() []string {
	return []string{s.File, s.File + RejectsEnding, s.File + PlacesEnding, s.File + GoneEnding}
}

// Endings of the files beside a segment.
const (
	RejectsEnding = ".rejects"
	PlacesEnding  = ".places"
	GoneEnding    = ".gone"
	KnownEnding   = ".known"
)
