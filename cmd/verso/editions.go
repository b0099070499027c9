package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verso/etl/config"
	"verso/reports/page"
	"verso/reports/pages/trust"
	"verso/reports/site"
)

// keptEditions is how many editions are kept, the latest.
const keptEditions = 60

// editions is the folder of what published sites said, one small file each, in the
// order they were published.
type editions string

func editionsOf(warehouse string) editions { return editions(filepath.Join(warehouse, "editions")) }

// names are the files, the earliest first.
func (e editions) names() ([]string, error) {
	files, err := os.ReadDir(string(e))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".json") && !f.IsDir() {
			out = append(out, f.Name())
		}
	}
	slices.Sort(out)
	return out, err
}

// runOf is the run of an edition's file: 000012-RUN.json.
func runOf(name string) string {
	_, run, _ := strings.Cut(strings.TrimSuffix(name, ".json"), "-")
	return run
}

// before are the editions that were published before that of a run, the latest
// first. One that cannot be read is reported and left out.
func (e editions) before(run string, report func(error)) ([]page.Edition, error) {
	names, err := e.names()
	if err != nil {
		return nil, err
	}
	var out []page.Edition
	for _, name := range names {
		if runOf(name) == run {
			break
		}
		var one page.Edition
		text, err := os.ReadFile(filepath.Join(string(e), name))
		if err == nil {
			err = json.Unmarshal(text, &one)
		}
		if err != nil {
			report(fmt.Errorf("edition %s: %w", name, err))
			continue
		}
		out = append(out, one)
	}
	slices.Reverse(out)
	return out, nil
}

// save keeps an edition, in its old place if its run was published before, and
// drops the earliest beyond what is kept. It returns the edition's name.
func (e editions) save(one page.Edition) (string, error) {
	names, err := e.names()
	if err != nil {
		return "", err
	}
	name := ""
	for _, n := range names {
		if runOf(n) == one.Run {
			name = n
		}
	}
	if name == "" {
		no := 0
		if len(names) > 0 {
			if _, err := fmt.Sscanf(names[len(names)-1], "%d-", &no); err != nil {
				return "", fmt.Errorf("%s is no edition: %w", filepath.Join(string(e), names[len(names)-1]), err)
			}
		}
		name = fmt.Sprintf("%06d-%s.json", no+1, one.Run)
		names = append(names, name)
	}
	text, err := json.MarshalIndent(one, "", " ")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(string(e), 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(string(e), name)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return "", err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return "", err
	}
	for len(names) > keptEditions {
		if err := os.Remove(filepath.Join(string(e), names[0])); err != nil {
			return "", err
		}
		names = names[1:]
	}
	return strings.TrimSuffix(name, ".json"), nil
}

// pendingSite is a site beside the published one, with what its edition says.
type pendingSite struct {
	*site.Pending
	editions editions // "": the edition is not kept
	archive  site.Archive
	folder   string // of the site
	edition  page.Edition
}

// newPendingSite keeps the edition of a site that is published where the
// configuration says.
func newPendingSite(ctx context.Context, pending *site.Pending, source page.Source, kept editions, archive site.Archive) (*pendingSite, error) {
	p := &pendingSite{Pending: pending, editions: kept, archive: archive, folder: pending.Summary.Out}
	if kept == "" {
		return p, nil
	}
	c, err := page.NewContext(ctx, source, source.Languages.Codes()[0])
	if err == nil {
		p.edition, err = trust.EditionOf(ctx, c)
	}
	if err != nil {
		return nil, errors.Join(err, pending.Discard())
	}
	return p, nil
}

// Publish makes the site visible and keeps its edition, whole where that is wanted.
func (p *pendingSite) Publish() error {
	if err := p.Pending.Publish(); err != nil {
		return err
	}
	if p.editions == "" {
		return nil
	}
	name, err := p.editions.save(p.edition)
	if err != nil {
		return err
	}
	return p.archive.Store(p.folder, name)
}

// archiveOf is where whole editions of the configuration's site are kept.
func archiveOf(cfg *config.Config) site.Archive {
	return site.Archive{Dir: string(editionsOf(cfg.Warehouse)), Keep: cfg.Report.Keep}
}
