package system

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	directive = regexp.MustCompile(`^-- (\w+): ?(.*)$`)
	itemEnd   = regexp.MustCompile(`^(.*?)\s+AS "(\w+)"(,?)\s+-- (verified|not verified)(?:: (.*))?$`)
	tailStart = regexp.MustCompile(`^FROM\b`)
)

// parse reads one file of a system: directives, then maps, each a SELECT whose
// columns end with their canonical name and a mark.
func parse(text string) (System, error) {
	s := System{IDs: "integer", Currency: "CNY"}
	blocks := strings.Split(text, "\n-- map: ")
	for _, line := range strings.Split(strings.TrimSpace(blocks[0]), "\n") {
		m := directive.FindStringSubmatch(line)
		if m == nil {
			return s, fmt.Errorf("line %q is no directive", line)
		}
		if err := s.set(m[1], m[2]); err != nil {
			return s, err
		}
	}
	if s.Source == "" {
		s.Source = s.Name
	}
	for _, b := range blocks[1:] {
		m, err := parseMap(b)
		if err != nil {
			return s, fmt.Errorf("map %s: %w", m.Table, err)
		}
		s.Maps = append(s.Maps, m)
	}
	return s, nil
}

func (s *System) set(key, value string) error {
	text := map[string]*string{"system": &s.Name, "title": &s.Title, "env": &s.Env, "ids": &s.IDs, "currency": &s.Currency,
		"company": &s.Company, "source": &s.Source, "prefix": &s.Prefix, "verified": &s.Verified, "unverified": &s.Unverified}
	switch to := text[key]; {
	case to != nil:
		*to = value
	case key == "kind":
		s.Kinds = strings.Split(value, ", ")
	case key == "recognise":
		s.Recognise = strings.Split(value, ", ")
	case key == "about":
		s.About = append(s.About, value)
	default:
		return fmt.Errorf("there is no directive %q", key)
	}
	return nil
}

// parseMap reads one map, from its canonical table on.
func parseMap(text string) (Map, error) {
	lines := strings.Split(strings.TrimRight(strings.TrimSpace(text), ";"), "\n")
	m := Map{Table: strings.TrimSpace(lines[0])}
	at := 1
	for ; at < len(lines); at++ {
		d := directive.FindStringSubmatch(lines[at])
		if d == nil {
			break
		}
		switch d[1] {
		case "about":
			m.About = append(m.About, d[2])
		case "lost":
			m.Lost = d[2]
		default:
			return m, fmt.Errorf("there is no directive %q", d[1])
		}
	}
	for ; at < len(lines) && !strings.HasPrefix(lines[at], "SELECT"); at++ {
		m.Head = append(m.Head, lines[at])
	}
	var open []string // lines of a column that has not ended
	for ; at < len(lines) && !tailStart.MatchString(lines[at]); at++ {
		line := lines[at]
		if open == nil {
			line = strings.TrimPrefix(strings.TrimPrefix(line, "SELECT"), "       ")
			line = strings.TrimLeft(line, " ")
		} else {
			line = strings.TrimPrefix(line, "       ")
		}
		e := itemEnd.FindStringSubmatch(line)
		if e == nil {
			open = append(open, line)
			continue
		}
		m.Items = append(m.Items, Item{Name: e[2], SQL: append(open, e[1]), Verified: e[4] == "verified", Note: e[5]})
		open = nil
	}
	if open != nil || len(m.Items) == 0 || at == len(lines) {
		return m, fmt.Errorf("the SELECT lacks columns, a mark or FROM: %q", open)
	}
	m.Tail = lines[at:]
	return m, nil
}
