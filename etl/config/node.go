package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"verso/etl/canon"
)

// place is a value in the file, with the key it stands under.
type place struct {
	path  string // such as tables.order_line.columns
	key   *token.Token
	value ast.Node
}

// reader walks the syntax tree, fills the configuration and collects every
// problem on the way.
type reader struct {
	lines    []string
	env      func(string) (string, bool)
	anchors  map[string]ast.Node
	seen     map[string]place // by path: what the file says, for the checks afterwards
	own      []string         // codes of the language files beside it
	problems []Problem
}

// fields are the keys a mapping may have and what reads each.
type fields map[string]func(place)

// report adds a problem at a token.
func (r *reader) report(at *token.Token, hint, format string, args ...any) {
	p := Problem{Message: fmt.Sprintf(format, args...), Hint: hint}
	if at != nil && at.Position != nil {
		p.Line, p.Column = at.Position.Line, max(1, at.Position.Column)
		if p.Line >= 1 && p.Line <= len(r.lines) {
			p.Text, p.Column = excerpt(r.lines[p.Line-1], p.Column)
		}
	}
	r.problems = append(r.problems, p)
}

// excerpt is a line as shown, with passwords masked and long lines cut. The
// column stays where it was unless the mask moved the text before it.
func excerpt(line string, column int) (string, int) {
	line = strings.ReplaceAll(strings.TrimRight(line, "\r"), "\t", " ")
	if utf8.RuneCountInString(line) >= column-1 {
		before := string([]rune(line)[:column-1])
		column += utf8.RuneCountInString(mask(before)) - utf8.RuneCountInString(before)
	}
	runes := []rune(mask(line))
	if len(runes) > 160 {
		runes = append(runes[:160:160], '…')
	}
	return string(runes), column
}

// at is the token of a place's value, or of its key when it has none.
func (p place) at() *token.Token {
	if p.value != nil && p.value.GetToken() != nil {
		if m, ok := p.value.(ast.MapNode); ok {
			if it := m.MapRange(); it.Next() {
				return it.Key().GetToken()
			}
		}
		return p.value.GetToken()
	}
	return p.key
}

// below is a place under this one.
func (p place) below(name string) string {
	if p.path == "" {
		return name
	}
	return p.path + "." + name
}

// resolve looks through anchors, aliases and tags.
func (r *reader) resolve(n ast.Node) ast.Node {
	for range 8 {
		switch v := n.(type) {
		case *ast.AnchorNode:
			r.anchors[v.Name.GetToken().Value] = v.Value
			n = v.Value
		case *ast.AliasNode:
			n = r.anchors[v.Value.GetToken().Value]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return n
}

// empty reports whether nothing was written.
func empty(n ast.Node) bool {
	_, null := n.(*ast.NullNode)
	return n == nil || null
}

// entries are the keys and values of a mapping, in the order of the file.
func (r *reader) entries(p place) []place {
	m, ok := p.value.(ast.MapNode)
	if !ok {
		if !empty(p.value) {
			r.report(p.at(), "write it as indented lines of key: value", "%s must be a mapping, not %s", p.path, describe(p.value))
		}
		return nil
	}
	var all []place
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken()
		if it.Key().IsMergeKey() {
			r.report(key, "write the keys out", "merge keys (<<) are not supported")
			continue
		}
		e := place{p.below(key.Value), key, r.resolve(it.Value())}
		r.seen[e.path] = e
		all = append(all, e)
	}
	return all
}

// mapping reads a mapping whose keys are known.
func (r *reader) mapping(p place, known fields) {
	names := slices.Sorted(maps.Keys(known))
	for _, e := range r.entries(p) {
		read, ok := known[e.key.Value]
		if !ok {
			hint := "known keys: " + strings.Join(names, ", ")
			if near := canon.Nearest(e.key.Value, names, 1); near != nil {
				hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
			}
			r.report(e.key, hint, "unknown key %q%s", e.key.Value, inside(p.path))
			continue
		}
		if !empty(e.value) {
			read(e)
		}
	}
}

// inside is " in sources.orders", or nothing at the top of the file.
func inside(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// scalar is the text of a scalar as written. Block text is unfolded.
func scalar(n ast.Node) (text string, quoted, ok bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		t := v.GetToken().Type
		return v.Value, t == token.SingleQuoteType || t == token.DoubleQuoteType, true
	case *ast.LiteralNode:
		return v.Value.Value, true, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, false, true
	}
	return "", false, false
}

// text reads a text. Numbers are taken as written; true and false are not.
func (r *reader) text(to *string) func(place) {
	return func(p place) {
		if s, ok := r.word(p); ok {
			*to = s
		}
	}
}

// word is the text at p; what is not text is reported.
func (r *reader) word(p place) (string, bool) {
	s, _, ok := scalar(p.value)
	if _, isBool := p.value.(*ast.BoolNode); !ok || isBool {
		r.report(p.at(), "write a text; quotes make anything a text", "%s must be a text, not %s", p.path, describe(p.value))
		return "", false
	}
	return s, true
}

// plain reads a text in which ${NAME} has no meaning.
func (r *reader) plain(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if reference.MatchString(s) {
			r.report(p.at(), "variables are put in only in dsn, dsn_file, path, warehouse and site",
				"%s cannot hold a variable", p.path)
			return
		}
		*to = s
	}
}

// oneOf reads a text that must be one of the values.
func (r *reader) oneOf(to *string, values ...string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if !slices.Contains(values, s) {
			r.choice(p, s, values)
			return
		}
		*to = s
	}
}

// choice reports a value that is none of those accepted.
func (r *reader) choice(p place, got string, values []string) {
	hint := "accepted: " + strings.Join(values, ", ")
	if near := canon.Nearest(got, values, 1); near != nil {
		hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
	}
	r.report(p.at(), hint, "%s cannot be %q", p.path, got)
}

// integer reads a whole number of at least low and, unless high < low, at most high.
func (r *reader) integer(to *int, low, high int) func(place) {
	return func(p place) {
		s, quoted, _ := scalar(p.value)
		n, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
		switch {
		case err != nil || quoted:
			r.report(p.at(), "", "%s must be a whole number, not %s", p.path, describe(p.value))
		case high < low && n < low:
			r.report(p.at(), "", "%s must be at least %d, not %d", p.path, low, n)
		case high >= low && (n < low || n > high):
			r.report(p.at(), "", "%s must be from %d to %d, not %d", p.path, low, high, n)
		default:
			*to = n
		}
	}
}

// boolean reads true or false.
func (r *reader) boolean(to **bool) func(place) {
	return func(p place) {
		b, ok := p.value.(*ast.BoolNode)
		if !ok {
			r.report(p.at(), "", "%s must be true or false, not %s", p.path, describe(p.value))
			return
		}
		*to = &b.Value
	}
}

// texts reads a list of texts; one text alone is a list of one.
func (r *reader) texts(to *[]string) func(place) {
	return func(p place) {
		list, ok := p.value.(*ast.SequenceNode)
		if !ok {
			var s string
			r.plain(&s)(p)
			if s != "" {
				*to = []string{s}
			}
			return
		}
		for i, n := range list.Values {
			var s string
			e := place{fmt.Sprintf("%s[%d]", p.path, i), p.key, r.resolve(n)}
			r.seen[e.path] = e
			r.plain(&s)(e)
			*to = append(*to, s)
		}
	}
}

// describe names what was written, for messages.
func describe(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	}
	if s, quoted, ok := scalar(n); ok {
		if quoted || n.Type() == ast.StringType {
			return fmt.Sprintf("the text %q", mask(s))
		}
		return s
	}
	return "nothing"
}
