package isbn

import (
	"bufio"
	_ "embed"
	"encoding/xml"
	"fmt"
	"io"
	"sort"
	"strings"
)

// Group is a registration group: a country, a region or a language area.
type Group struct {
	Prefix   string // such as 978-7
	Name     string
	Country  string // ISO 3166 code of the one country it stands for, "" where there are several
	Language string // ISO 639-2 code of the language its books are usually in, "" where unknown
	ranges   []span // registrants, ascending
}

// span is a range of registrants; its bounds are as long as the registrants are.
type span struct{ from, to string }

// Ranges splits book numbers into their parts.
type Ranges struct{ groups map[string]*Group }

// Parts are the parts of an ISBN-13. Registrant and Publication are "" where
// the ranges do not cover the number.
type Parts struct {
	Prefix, Group, Registrant, Publication, Check string
}

// The shipped ranges, one group a line: prefix, name, and the ranges of
// registrants (from-to; a registrant is as long as the bounds are). The facts
// are those of the agency's range message; TestWriteRanges writes the file anew
// from a newer message.
//
//go:embed data/ranges.txt
var rangesText string

// The shipped hints, one group a line: prefix, country, language.
//
//go:embed data/hints.txt
var hintsText string

// Shipped returns the ranges that come with verso.
func Shipped() *Ranges {
	r := &Ranges{groups: map[string]*Group{}}
	lines := bufio.NewScanner(strings.NewReader(rangesText))
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "|")
		if len(fields) != 3 || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		g := &Group{Prefix: fields[0], Name: fields[1]}
		for _, bounds := range strings.Fields(fields[2]) {
			from, to, _ := strings.Cut(bounds, "-")
			g.ranges = append(g.ranges, span{from, to})
		}
		r.groups[g.Prefix] = g
	}
	r.hint()
	return r
}

// hint adds countries and languages to the groups.
func (r *Ranges) hint() {
	lines := bufio.NewScanner(strings.NewReader(hintsText))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 || fields[0] == "#" {
			continue
		}
		if g := r.groups[fields[0]]; g != nil {
			g.Country, g.Language = strings.Trim(fields[1], "?"), strings.Trim(fields[2], "?")
		}
	}
}

// Group finds the registration group of an ISBN-13, nil when none is known.
func (r *Ranges) Group(code string) *Group {
	if len(code) != 13 {
		return nil
	}
	for n := 4; n <= 8; n++ {
		if g := r.groups[code[:3]+"-"+code[3:n]]; g != nil {
			return g
		}
	}
	return nil
}

// Split divides a valid ISBN-13 into its parts; ok is false when its group is
// not known.
func (r *Ranges) Split(code string) (parts Parts, ok bool) {
	g := r.Group(code)
	if g == nil {
		return Parts{}, false
	}
	parts = Parts{Prefix: code[:3], Group: g.Prefix[4:], Check: code[12:]}
	rest := code[3+len(parts.Group) : 12]
	for _, s := range g.ranges {
		if n := len(s.from); n <= len(rest) && rest[:n] >= s.from && rest[:n] <= s.to {
			parts.Registrant, parts.Publication = rest[:n], rest[n:]
			break
		}
	}
	return parts, true
}

// message is the part of the agency's RangeMessage.xml that matters here.
type message struct {
	Date   string `xml:"MessageDate"`
	Groups []struct {
		Prefix string
		Agency string
		Rules  []struct {
			Range  string
			Length int
		} `xml:"Rules>Rule"`
	} `xml:"RegistrationGroups>Group"`
}

// Compact turns the agency's RangeMessage.xml into the lines of the shipped file.
func Compact(xmlMessage io.Reader) (string, error) {
	var m message
	if err := xml.NewDecoder(xmlMessage).Decode(&m); err != nil {
		return "", fmt.Errorf("isbn: read the range message: %w", err)
	}
	lines := make([]string, 0, len(m.Groups))
	for _, g := range m.Groups {
		var spans []string
		for _, rule := range g.Rules {
			from, to, ok := strings.Cut(rule.Range, "-")
			if !ok || rule.Length > min(len(from), len(to)) {
				return "", fmt.Errorf("isbn: range message: group %s has the rule %q of length %d", g.Prefix, rule.Range, rule.Length)
			}
			if rule.Length > 0 {
				spans = append(spans, from[:rule.Length]+"-"+to[:rule.Length])
			}
		}
		lines = append(lines, g.Prefix+"|"+strings.ReplaceAll(g.Agency, "|", " ")+"|"+strings.Join(spans, " "))
	}
	sort.Strings(lines)
	return "# ISBN ranges, as of the agency's message of " + m.Date + ": prefix|group|registrants\n" + strings.Join(lines, "\n") + "\n", nil
}
