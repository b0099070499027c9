package system

import (
	"testing"

	"verso/etl/canon"
)

// TestMapsFitTheCanon holds the files of systems against the canonical tables.
func TestMapsFitTheCanon(t *testing.T) {
	for _, s := range List() {
		t.Run(s.Name+"/"+s.Kinds[0], func(t *testing.T) {
			if s.Title == "" || s.Unverified == "" || s.Company == "" && s.Env == "" || len(s.Recognise) < 3 {
				t.Errorf("lacks a directive: %+v", s)
			}
			mapped := map[string]bool{}
			for _, m := range s.Maps {
				mapped[m.Table] = true
				table, ok := canon.Lookup(m.Table)
				if !ok {
					t.Fatalf("there is no canonical table %s", m.Table)
				}
				if m.Lost == "" {
					t.Errorf("%s does not say what is lost without it", m.Table)
				}
				has := map[string]bool{"_row": true}
				for _, i := range m.Items {
					if _, ok := table.Column(i.Name); !ok && i.Name != "_row" || has[i.Name] && i.Name != "_row" {
						t.Errorf("%s.%s is unknown or twice", m.Table, i.Name)
					}
					if i.Verified && s.Verified == "" {
						t.Errorf("%s.%s is called verified, against nothing", m.Table, i.Name)
					}
					has[i.Name] = true
				}
				for _, c := range table.Columns {
					if c.Required && !c.Numbered && c.Default == "" && !has[c.Name] {
						t.Errorf("%s lacks %s", m.Table, c.Name)
					}
				}
			}
			if err := s.Missing(keys(mapped), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func keys(m map[string]bool) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	return all
}
