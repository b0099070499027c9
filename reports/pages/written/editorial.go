package written

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"verso/reports/page"
	"verso/reports/view"
)

// The files beside verso.yaml that add to what the data say.
const (
	annotationsFile = "annotations.yaml"
	goalsFile       = "goals.yaml"
)

// Files are their names.
func Files() []string { return []string{annotationsFile, goalsFile} }

// mostAnnotations is how many annotations a file may hold.
const mostAnnotations = 500

// Editorial reads annotations.yaml and goals.yaml of a folder; a file that is not
// there adds nothing. A file with a fault adds nothing either and is named in
// Faults, and the other is still read. attributes are those that an annotation may
// be about, codes the goals that there are, languages those that texts may have.
func Editorial(dir string, attributes, codes, languages []string) page.Editorial {
	var out page.Editorial
	for _, file := range []struct {
		name string
		read func(*writing) error
	}{
		{annotationsFile, func(w *writing) (err error) { out.Annotations, err = w.annotations(attributes); return err }},
		{goalsFile, func(w *writing) (err error) { out.Targets, err = w.targets(codes); return err }},
	} {
		data, err := os.ReadFile(filepath.Join(dir, file.name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = file.read(&writing{path: file.name, source: data, languages: languages})
		}
		if err != nil {
			out.Faults = append(out.Faults, err.Error())
		}
	}
	return out
}

// parse reads the file strictly.
func (w *writing) parse(into any) error {
	if len(bytes.TrimSpace(w.source)) == 0 {
		return nil
	}
	if err := yaml.UnmarshalWithOptions(w.source, into, yaml.Strict()); err != nil {
		return &Fault{w.path, errors.New(yaml.FormatError(err, false, true))}
	}
	return nil
}

// annotations reads
//
//	annotations:
//	  - date: 2026-03-02
//	    text: {en: A price rise, zh: 提价}
//	  - from: 2026-02-10
//	    to: 2026-02-24
//	    member: {region.area: North China}
//	    measure: net
//	    text: {en: A strike at customs, zh: 海关停工}
func (w *writing) annotations(attributes []string) ([]page.Annotation, error) {
	var spec struct {
		Annotations []struct {
			Date    string            `yaml:"date"`
			From    string            `yaml:"from"`
			To      string            `yaml:"to"`
			Member  map[string]string `yaml:"member"`
			Measure string            `yaml:"measure"`
			Text    Text              `yaml:"text"`
		} `yaml:"annotations"`
	}
	if err := w.parse(&spec); err != nil {
		return nil, err
	}
	if n := len(spec.Annotations); n > mostAnnotations {
		return nil, w.fault("$.annotations", "there are %d annotations; %d at most", n, mostAnnotations)
	}
	var out []page.Annotation
	for i, s := range spec.Annotations {
		at := fmt.Sprintf("$.annotations[%d]", i)
		a := page.Annotation{Measure: s.Measure, Text: page.Wording(s.Text)}
		if (s.Date == "") == (s.From == "" || s.To == "") {
			return nil, w.fault(at, "an annotation has either a date, or from and to")
		}
		if s.Date != "" {
			s.From, s.To = s.Date, s.Date
		}
		var err error
		if a.From, err = w.day(at, s.From); err != nil {
			return nil, err
		}
		if a.To, err = w.day(at, s.To); err != nil {
			return nil, err
		}
		if a.To.Before(a.From) {
			return nil, w.fault(at+".to", "%s is before %s", s.To, s.From)
		}
		if err := w.languagesOf(at+".text", a.Text); err != nil {
			return nil, err
		}
		if a.Text.In("en") == "" {
			return nil, w.fault(at, "the annotation has no text")
		}
		if s.Measure != "" && !names.MatchString(strings.ReplaceAll(s.Measure, "_", "-")) {
			return nil, w.fault(at+".measure", "%q is no name of a measure, such as net", s.Measure)
		}
		if len(s.Member) > 1 {
			return nil, w.fault(at+".member", "an annotation is about one member, such as {region.area: North China}")
		}
		for attribute, member := range s.Member {
			if !slices.Contains(attributes, attribute) {
				return nil, w.fault(at+".member", "no page is about members of %q; there are pages by %s", attribute, strings.Join(attributes, ", "))
			}
			a.Attribute, a.Member = attribute, member
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b page.Annotation) int { return a.From.Compare(b.From) })
	return out, nil
}

func (w *writing) day(at, text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return t, w.fault(at, "%q is no day, such as 2026-03-02", text)
	}
	return t, nil
}

// targets reads
//
//	goals:
//	  - goal: on_time
//	    baseline: 88%
//	    target: 95%
//	    milestones: {2025: 93%, 2026: 95%}
//	    owner: {en: Head of logistics, zh: 物流部经理}
func (w *writing) targets(codes []string) ([]page.Target, error) {
	var spec struct {
		Goals []struct {
			Goal       string           `yaml:"goal"`
			Baseline   string           `yaml:"baseline"`
			Target     string           `yaml:"target"`
			Milestones map[int64]string `yaml:"milestones"`
			Owner      Text             `yaml:"owner"`
		} `yaml:"goals"`
	}
	if err := w.parse(&spec); err != nil {
		return nil, err
	}
	var out []page.Target
	for i, s := range spec.Goals {
		at := fmt.Sprintf("$.goals[%d]", i)
		if !slices.Contains(codes, s.Goal) {
			return nil, w.fault(at+".goal", "there is no goal %q; there are %s", s.Goal, strings.Join(codes, ", "))
		}
		if slices.ContainsFunc(out, func(t page.Target) bool { return t.Goal == s.Goal }) {
			return nil, w.fault(at+".goal", "the goal %s is there twice", s.Goal)
		}
		if err := w.languagesOf(at+".owner", s.Owner); err != nil {
			return nil, err
		}
		t := page.Target{Goal: s.Goal, Owner: page.Wording(s.Owner), Milestones: map[int64]view.Value{}, Source: goalsFile}
		var err error
		if t.Baseline, err = w.share(at+".baseline", s.Baseline); err != nil {
			return nil, err
		}
		if t.Target, err = w.share(at+".target", s.Target); err != nil {
			return nil, err
		}
		for year, text := range s.Milestones {
			if year < 1900 || year > 2200 {
				return nil, w.fault(at+".milestones", "%d is no year", year)
			}
			if t.Milestones[year], err = w.share(at+".milestones", text); err != nil {
				return nil, err
			}
		}
		out = append(out, t)
	}
	return out, nil
}

var shareText = regexp.MustCompile(`^(\d{1,3}(?:\.\d{1,4})?)\s*%$`)

// share is a percentage as a share of 1; no data for none.
func (w *writing) share(at, text string) (view.Value, error) {
	if text == "" {
		return view.Value{}, nil
	}
	m := shareText.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return view.Value{}, w.fault(at, "%q is no percentage, such as 95%%", text)
	}
	var percent float64
	if _, err := fmt.Sscanf(m[1], "%g", &percent); err != nil || percent > 200 {
		return view.Value{}, w.fault(at, "%q is no percentage from 0%% to 200%%", text)
	}
	return view.N(percent / 100), nil
}
