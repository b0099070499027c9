package duplicate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"verso/olap/engine"
)

// MergesFile is the name of the file of confirmed merges, beside verso.yaml. It
// is the user's: verso adds lines to it when told to, and never takes one away.
const MergesFile = "merges.yaml"

// Merge is one confirmed merge: Customer's facts count for Into.
type Merge struct {
	Customer, Into string
	Line           int
}

// FileError is a merges file that cannot be used as it is.
type FileError struct {
	Path         string
	Line, Column int // 0: unknown
	Problem      string
	Hint         string
}

// Error says where, what, and what to do.
func (e *FileError) Error() string {
	s := e.Path
	if e.Line > 0 {
		s += fmt.Sprintf(":%d:%d", e.Line, e.Column)
	}
	s += ": " + e.Problem
	if e.Hint != "" {
		s += "\n  " + e.Hint
	}
	return s
}

const shape = "write merges: and below it lines such as  - {customer: 603, into: 602}"

// ReadMerges reads a merges file; one that is not there holds none. Problems are
// *FileError.
func ReadMerges(path string) ([]Merge, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseMerges(path, text)
}

func parseMerges(path string, text []byte) ([]Merge, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, &FileError{Path: path, Problem: "not YAML: " + err.Error(), Hint: shape}
	}
	r := &mergeReader{path: path}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			if err := r.top(doc.Body); err != nil {
				return nil, err
			}
		}
	}
	return r.all, r.circles()
}

type mergeReader struct {
	path string
	all  []Merge
}

func (r *mergeReader) fault(at *token.Token, hint, format string, args ...any) error {
	e := &FileError{Path: r.path, Problem: fmt.Sprintf(format, args...), Hint: hint}
	if at != nil && at.Position != nil {
		e.Line, e.Column = at.Position.Line, at.Position.Column
	}
	return e
}

func (r *mergeReader) top(n ast.Node) error {
	if n.Type() == ast.NullType || n.Type() == ast.CommentType {
		return nil
	}
	m, ok := n.(ast.MapNode)
	if !ok {
		return r.fault(n.GetToken(), shape, "the file must be a mapping")
	}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken()
		if key.Value != "merges" {
			return r.fault(key, "the one key is merges", "unknown key %q", key.Value)
		}
		switch list := it.Value().(type) {
		case *ast.NullNode:
		case *ast.SequenceNode:
			for _, item := range list.Values {
				if err := r.entry(item); err != nil {
					return err
				}
			}
		default:
			return r.fault(key, shape, "merges must be a list")
		}
	}
	return nil
}

func (r *mergeReader) entry(n ast.Node) error {
	m, ok := n.(ast.MapNode)
	if !ok {
		return r.fault(n.GetToken(), shape, "an entry must say customer and into")
	}
	e := Merge{}
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken()
		if e.Line == 0 {
			e.Line = key.Position.Line
		}
		to := &e.Customer
		switch key.Value {
		case "customer":
		case "into":
			to = &e.Into
		default:
			return r.fault(key, "known keys: customer, into", "unknown key %q", key.Value)
		}
		switch v := it.Value().(type) {
		case *ast.StringNode:
			*to = v.Value
		case *ast.IntegerNode, *ast.FloatNode:
			*to = it.Value().GetToken().Value
		default:
			return r.fault(key, "write the customer's id", "%s is no id", key.Value)
		}
	}
	at := n.GetToken()
	switch {
	case e.Customer == "" || e.Into == "":
		return r.fault(at, shape, "an entry must say customer and into")
	case e.Customer == e.Into:
		return r.fault(at, "remove it", "customer %s is merged into itself", e.Customer)
	}
	for _, o := range r.all {
		if o.Customer == e.Customer {
			return r.fault(at, "keep one of them", "customer %s is merged already in line %d", e.Customer, o.Line)
		}
	}
	r.all = append(r.all, e)
	return nil
}

// circles refuses merges that lead back to where they began.
func (r *mergeReader) circles() error {
	into := map[string]string{}
	for _, e := range r.all {
		into[e.Customer] = e.Into
	}
	for _, e := range r.all {
		at := e.Into
		for range r.all {
			if at == e.Customer {
				return &FileError{Path: r.path, Line: e.Line, Column: 1, Problem: fmt.Sprintf("the merge of customer %s leads back to itself", e.Customer), Hint: "remove one entry of the circle"}
			}
			at = into[at]
		}
	}
	return nil
}

const mergesHead = `# Customers that are recorded twice, as confirmed by a person. The facts of
# customer count for into from the next refresh on; both stay members. verso
# duplicates proposes pairs, verso duplicates --confirm A,B adds one here.
# Remove a line to take a merge back.
merges:
`

// AddMerge adds one confirmed merge to the file, with a comment, and leaves the
// rest as it is. The file is replaced as a whole or not at all.
func AddMerge(path string, m Merge, comment string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	present, err := parseMerges(path, old)
	if err != nil {
		return err
	}
	text := string(old)
	if strings.TrimSpace(text) == "" {
		text = mergesHead
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	indent := "  "
	if i := strings.LastIndex("\n"+text, "\n- "); i >= 0 {
		indent = ""
	}
	text += fmt.Sprintf("%s# %s\n%s- {customer: %s, into: %s}\n", indent, oneLine(comment), indent, quoted(m.Customer), quoted(m.Into))
	now, err := parseMerges(path, []byte(text))
	var fault *FileError
	if errors.As(err, &fault) && fault.Line > 0 {
		return err
	}
	if err != nil || len(now) != len(present)+1 {
		return &FileError{Path: path, Problem: "a line cannot be added at its end", Hint: fmt.Sprintf("add it by hand:  - {customer: %s, into: %s}", quoted(m.Customer), quoted(m.Into))}
	}
	return replace(path, text)
}

// replace writes a file beside the old one, and then takes its place.
func replace(path, text string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".merges-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if _, err = f.WriteString(text); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return f.Close()
}

func quoted(s string) string { return `'` + strings.ReplaceAll(oneLine(s), `'`, `''`) + `'` }

// oneLine keeps a text from ending its line in the file.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

// MergeTable creates meta.customer_merge, empty, where it is not there.
const MergeTable = `CREATE TABLE IF NOT EXISTS meta.customer_merge ("customer_id" VARCHAR, "merged_into" VARCHAR, "line" INTEGER)`

// WriteMerges makes meta.customer_merge of a draft: the star reads it beside the
// source's own merged_into, and before it.
func WriteMerges(ctx context.Context, db engine.Execer, merges []Merge) error {
	if _, err := db.Exec(ctx, engine.SQL("CREATE SCHEMA IF NOT EXISTS meta; "+MergeTable+"; DELETE FROM meta.customer_merge")); err != nil {
		return err
	}
	for _, m := range merges {
		if _, err := db.Exec(ctx, engine.SQL("INSERT INTO meta.customer_merge VALUES (?, ?, ?)", m.Customer, m.Into, m.Line)); err != nil {
			return err
		}
	}
	return nil
}
