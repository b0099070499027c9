package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"verso/reports/language"
	"verso/reports/page"
	"verso/reports/pages"
)

// wordsShown is how many missing texts are listed.
const wordsShown = 20

func (a *app) wordsCommand() *cobra.Command {
	var lang, check, out string
	cmd := &cobra.Command{
		Use:   "words",
		Short: "Begin or check a language of the report",
		Long: `words --lang de writes a language file to be filled in: every text of the report with
its English above it and the pages that show it, numbers as CLDR has them, plurals
by the language's own rule. Saved as languages/de.yaml beside verso.yaml, the report
is written in that language too as soon as the file has the frame of a page and the
names of the menu, or at once where site: {languages: [en, de]} names it; what it
lacks is shown in English. Where the file is there already, its texts are kept.

words --check de says what the file lacks, and what is wrong in it.`,
		Example: "  verso words --lang de\n  verso words --check de\n  verso words --lang de --out -",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			code := lang + check
			switch {
			case (lang == "") == (check == ""):
				return usagef(cmd.CommandPath(), "give --lang CODE to begin a file, or --check CODE")
			case check != "" && out != "":
				return usagef(cmd.CommandPath(), "--out goes with --lang")
			case !language.Code.MatchString(code):
				return usagef(cmd.CommandPath(), "%q is no code of a language, such as de or pt-BR", code)
			case code == "en" || code == "zh":
				return usagef(cmd.CommandPath(), "%s comes with verso", code)
			}
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			path := filepath.Join(filepath.Dir(cfg.File), language.Folder, code+".yaml")
			if check != "" {
				return a.checkWords(cmd.Context(), path)
			}
			if out == "" {
				out = path
			}
			return a.beginWords(cmd.Context(), code, path, out)
		},
	}
	cmd.Flags().StringVar(&lang, "lang", "", "code of a language, such as de: writes its file")
	cmd.Flags().StringVar(&check, "check", "", "code of a language whose file is checked")
	cmd.Flags().StringVar(&out, "out", "", "where to write: a file, - for the terminal (default: languages/CODE.yaml)")
	return cmd
}

// beginWords writes a language file, with the texts of one that is there already.
func (a *app) beginWords(ctx context.Context, code, path, out string) error {
	have, faults := readWords(path)
	if have == nil && len(faults) > 0 {
		return &configError{errors.New(strings.Join(faults, "\n"))}
	}
	h, err := a.heardWords(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := language.WriteTemplate(&b, code, have, h.used, h.sentences); err != nil {
		return usagef("verso words", "%v", err)
	}
	if out == "-" {
		_, err := fmt.Fprint(a.stdout, b.String())
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(out, []byte(b.String()), 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: fill in what is empty, then run verso words --check %s\n", out, code)
	return err
}

// checkWords says what a language lacks and what is wrong in its file.
func (a *app) checkWords(ctx context.Context, path string) error {
	l, faults := readWords(path)
	if l == nil {
		if len(faults) == 0 {
			faults = []string{fmt.Sprintf("there is no %s; verso words --lang %s begins it", path, strings.TrimSuffix(filepath.Base(path), ".yaml"))}
		}
		return &configError{errors.New(strings.Join(faults, "\n"))}
	}
	h, err := a.heardWords(ctx)
	if err != nil {
		return err
	}
	missing := l.Missing(h.english())
	for i, key := range missing {
		if i == wordsShown {
			_, _ = fmt.Fprintf(a.stdout, "missing: %d more\n", len(missing)-wordsShown) // the summary tells
			break
		}
		_, _ = fmt.Fprintf(a.stdout, "missing: %s\n", key)
	}
	for _, text := range l.Lost() {
		_, _ = fmt.Fprintf(a.stdout, "note: %s\n", text)
	}
	if _, err := fmt.Fprintf(a.stdout, "%s: %d texts are missing and shown in English, %d are wrong\n", l.Name, len(missing), len(faults)); err != nil {
		return err
	}
	if len(faults) > 0 {
		return &configError{errors.New(strings.Join(faults, "\n"))}
	}
	return nil
}

// readWords reads a language file; nil without a fault where there is none.
func readWords(path string) (*language.Language, []string) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return language.Read(path)
}

// spokenWords are what the pages of a report say: the keys of texts with the pages that
// ask for them, and sentences.
type spokenWords struct {
	used      map[string][]string
	sentences []language.Sentence
}

func (h *spokenWords) english() []string {
	out := make([]string, len(h.sentences))
	for i, s := range h.sentences {
		out[i] = s.English
	}
	return out
}

// pagesHeard is how many pages of each kind below another one are listened to:
// they say the same.
const pagesHeard = 12

// heardWords builds the pages of the published generation and listens.
func (a *app) heardWords(ctx context.Context) (*spokenWords, error) {
	p, err := a.openPublished(ctx, "en")
	if err != nil {
		return nil, err
	}
	defer p.close()
	h := &spokenWords{used: map[string][]string{}}
	at := "every page"
	var mu sync.Mutex // pages may ask side by side
	listening := language.English().Heard(func(s language.Section, key string) {
		mu.Lock()
		defer mu.Unlock()
		if s == language.Said {
			h.sentences = append(h.sentences, language.Sentence{English: language.Masked(key), Where: at})
		} else if full := string(s) + "." + key; !slices.Contains(h.used[full], at) {
			h.used[full] = append(h.used[full], at)
		}
	})
	source := p.source()
	source.Languages = language.NewSet(listening)
	c, err := page.NewContext(ctx, source, "en")
	if err != nil {
		return nil, err
	}
	for _, top := range a.reportPages(p.config, a.logger(false)) {
		list := []page.Page{top}
		at = top.Slug
		if top.Below != nil {
			below, err := top.Below(ctx, c)
			if err != nil {
				return nil, err
			}
			heardOf := map[string]int{}
			for _, b := range below {
				if heardOf[b.About.Attribute]++; heardOf[b.About.Attribute] <= pagesHeard {
					list = append(list, b)
				}
			}
		}
		for _, one := range list {
			if _, err := one.Build(ctx, c); err != nil {
				return nil, fmt.Errorf("page %s: %w", one.Slug, err)
			}
		}
	}
	for _, s := range pages.Sentences(p.olap.Model()) {
		h.sentences = append(h.sentences, language.Sentence{English: s})
	}
	return h, nil
}
