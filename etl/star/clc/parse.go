package clc

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Class is one subject read from a code.
type Class struct {
	Text        string // the piece it was read from, upper case, half-width
	Role        Role
	Known       bool   // false: no class of the table fits, all below is empty
	L1, L2, L3  string // codes on the path; "" where it ends before
	Deepest     string // code of the class that fits best
	Area        string // world area, such as 712; "" when the class is not split by area
	AreaClass   string // code of class and area together, such as I712; "" without area
	Suffix      string // subdivisions after the class: -62, (202), =49, "17"
	Language    string // programming language after TP312
	Retired     bool   // was in {}: not in the 5th edition
	Alternative bool   // was in []
	Recommended bool   // a small a at the end
}

// Role says how a subject stands in its code.
type Role int

// The roles: first code, combined with it (:), parallel to it (+).
const (
	Main Role = iota
	Combined
	Parallel
)

// Parse reads what a catalogue field holds: one code or several, separated by
// semicolons or commas, each perhaps a combination. Every separate code gives
// one Main class, known or not; combined and parallel parts follow it where
// they are known. The empty text gives none.
func (t *Table) Parse(text string) []Class {
	text = strings.ToUpper(norm.NFKC.String(text))
	var classes []Class
	for _, piece := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == ',' }) {
		piece = joinSpaces(piece)
		if piece != "" {
			classes = append(classes, t.piece(piece)...)
		}
	}
	return classes
}

// joinSpaces trims, closes the gap in "TP 312" and drops what follows a code
// after a space, such as a book number.
func joinSpaces(piece string) string {
	words := strings.Fields(piece)
	if len(words) == 0 {
		return ""
	}
	letters := strings.Trim(words[0], "ABCDEFGHIJKLMNOPQRSTUVWXYZ[{")
	if len(words) > 1 && letters == "" && strings.Trim(words[1][:1], "0123456789-") == "" {
		return words[0] + words[1]
	}
	return words[0]
}

// piece reads one code with its combined and parallel parts.
func (t *Table) piece(text string) []Class {
	if m := language.FindStringSubmatch(text); m != nil {
		c := t.part(m[1])
		if c.Known {
			c.Text, c.Suffix, c.Language = text, m[2], m[2]
			return []Class{c}
		}
	}
	var classes []Class
	role, rest := Main, text
	for {
		cut := strings.IndexAny(rest, ":+")
		part := rest
		if cut >= 0 {
			part = rest[:cut]
		}
		c := t.part(part)
		c.Role = role
		if role == Main {
			c.Text = text
		}
		if role == Main || c.Known {
			classes = append(classes, c)
		}
		if cut < 0 {
			return classes
		}
		role = Combined
		if rest[cut] == '+' {
			role = Parallel
		}
		rest = rest[cut+1:]
	}
}

var (
	language = regexp.MustCompile(`^(TP312)([A-Z][A-Z0-9#.+]*)$`)
	notation = regexp.MustCompile(`^(T[A-Z]?|DF|[A-KN-SU-VXZ])(-\d+)?(\d[\d.]*)?`)
	replaced = regexp.MustCompile(`^\{([^{}]*)\}(?:<([^<>]*)>)?`)
)

// part reads a single class with its subdivisions.
func (t *Table) part(text string) Class {
	c := Class{Text: text}
	if m := replaced.FindStringSubmatch(text); m != nil {
		now := Class{}
		if m[2] != "" {
			now = t.part(m[2])
		}
		if !now.Known {
			now = t.part(m[1] + text[len(m[0]):])
		}
		now.Text, now.Retired = text, true
		return now
	}
	c.Retired = strings.ContainsAny(text, "{}")
	c.Alternative = strings.ContainsAny(text, "[]")
	text = strings.NewReplacer("[", "", "]", "", "{", "", "}", "").Replace(text)
	m := notation.FindStringSubmatch(text)
	if m == nil {
		return c
	}
	rest := text[len(m[0]):]
	if rest == "A" && m[3] != "" {
		c.Recommended, rest = true, ""
	}
	if r, _ := utf8.DecodeRuneInString(rest); unicode.IsLetter(r) {
		return c // a word or a code of another scheme
	}
	t.match(&c, m[1]+m[2]+bare(m[3]), rest)
	return c
}

// match finds the class whose key is the longest beginning of key.
func (t *Table) match(c *Class, key, rest string) {
	for n := len(key); n >= 1; n-- {
		code, ok := t.keys[key[:n]]
		if !ok {
			continue
		}
		node := t.nodes[code]
		c.Known, c.Deepest, c.Suffix = true, code, rest
		for i, level := range []*string{&c.L1, &c.L2, &c.L3} {
			if i < len(node.Path) {
				*level = node.Path[i]
			}
		}
		if dash := strings.IndexByte(key, '-'); dash >= n {
			c.Suffix = key[dash:] + rest // a subdivision that is no class of its own
		}
		t.area(c, node, key, n)
		return
	}
}

// area looks the digits behind a class that is split by world areas up in the
// area table: I712.45 is I3/7 with 712, United States. Only an area that says
// more than the class itself counts.
func (t *Table) area(c *Class, node *Node, key string, matched int) {
	base := node.AreaBase
	if base == "" || !strings.HasPrefix(key, base) {
		return
	}
	for n := len(key); n > max(matched, len(base)); n-- {
		if _, ok := t.areas[key[len(base):n]]; ok {
			c.Area = key[len(base):n]
			c.AreaClass = dotted(key[:n])
			return
		}
	}
}

// dotted puts the dot after each third digit, where more follow.
func dotted(key string) string {
	head := len(key) - len(strings.TrimLeft(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-"))
	var b strings.Builder
	b.WriteString(key[:head])
	for i, d := range key[head:] {
		if i > 0 && i%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// AreaNode is the class of c within its area, such as I712 (literature of the
// United States) under I3/7; nil without area.
func (t *Table) AreaNode(c Class) *Node {
	node := t.nodes[c.Deepest]
	if c.AreaClass == "" || node == nil {
		return nil
	}
	area := t.areas[c.Area]
	return &Node{
		Row: Row{
			Code:   c.AreaClass,
			Parent: node.Code,
			NameZH: node.NameZH + "：" + area.NameZH,
			NameEN: node.NameEN + ": " + area.NameEN,
		},
		Level: node.Level + 1,
		Path:  append(append([]string(nil), node.Path...), c.AreaClass),
	}
}
