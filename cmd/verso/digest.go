package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/etl/alert"
	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/schedule"
	"verso/reports/digest"
	"verso/reports/mail"
	"verso/reports/page"
	"verso/reports/site"
)

func (a *app) digestCommand() *cobra.Command {
	var to []string
	var lang, out string
	var dry bool
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "Send the morning mail: messages, key figures and charts of the report",
		Long: `digest sends the readers of the configuration what the published report says: the
messages of its pages, the key figures with their comparison, and pictures that
every mail program shows without fetching anything, and with digest: {briefing: true}
the briefing as a PDF. Each reader gets it in his or
her language; nobody on a quiet day. serve does this by itself after each night;
where cron refreshes: verso refresh && verso digest

--dry-run writes the mail instead of sending it: to --out, or to the terminal.`,
		Example: `  verso digest
  verso digest --to li@example.org --lang zh
  verso digest --dry-run --out digest.eml`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out != "" && !dry {
				return usagef(cmd.CommandPath(), "--out needs --dry-run")
			}
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			if err := checkReportLang(cmd.CommandPath(), cfg, lang); err != nil {
				return err
			}
			readers := cfg.Digest.Readers
			if len(to) > 0 {
				readers = named(cfg.Digest.Readers, to)
			}
			if lang != "" {
				readers = slices.Clone(readers)
				for i := range readers {
					readers[i].Lang = lang
				}
			}
			if dry {
				return a.writeDigest(cmd.Context(), cfg, readers, lang, out)
			}
			return a.digestNow(cmd.Context(), cfg, readers, len(to) > 0)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&to, "to", nil, "send to these addresses only, on quiet days too")
	flags.StringVar(&lang, "lang", "", "language of the report (default: each reader's)")
	flags.BoolVar(&dry, "dry-run", false, "write the mail of the first reader instead of sending")
	flags.StringVar(&out, "out", "", "with --dry-run: file to write, such as digest.eml")
	return cmd
}

// named are the readers of some addresses; an address that is nobody's gets the
// language of the company.
func named(readers []config.Reader, to []string) []config.Reader {
	var out []config.Reader
	for _, address := range to {
		i := slices.IndexFunc(readers, func(r config.Reader) bool { return strings.EqualFold(r.To, address) })
		if i < 0 {
			out = append(out, config.Reader{To: address})
			continue
		}
		out = append(out, readers[i])
	}
	return out
}

// post makes the digests of one generation, one for each language.
type post struct {
	app    *app
	config *config.Config
	open   *published
	made   map[string]*digest.Digest
	sheets map[string][]byte // the briefing as PDF, by language
}

func (a *app) openPost(ctx context.Context, cfg *config.Config) (*post, error) {
	if err := digest.Check(cfg.Digest.Pages); err != nil {
		return nil, &configError{fmt.Errorf("%s: %w", cfg.File, err)}
	}
	p, err := a.openConfigured(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &post{app: a, config: cfg, open: p, made: map[string]*digest.Digest{}, sheets: map[string][]byte{}}, nil
}

// mail is the digest for a reader.
func (p *post) mail(ctx context.Context, r config.Reader) (mail.Message, error) {
	lang := r.Lang
	if lang == "" {
		lang = p.config.Company.Language
	}
	if p.made[lang] == nil {
		if p.config.Digest.Briefing {
			var err error
			if p.sheets[lang], err = p.briefing(ctx, lang); err != nil {
				p.app.logger(false).Warn("the briefing is not attached to the digest", "lang", lang, "error", err)
			}
		}
		d, err := digest.Build(ctx, p.open.source(), digest.Options{Lang: lang, URL: p.config.Digest.URL, Pages: p.config.Digest.Pages, NoBriefing: p.config.Digest.Briefing && p.sheets[lang] == nil})
		if err != nil {
			return mail.Message{}, err
		}
		p.made[lang] = d
	}
	d := p.made[lang]
	m := mail.Message{To: []string{r.To}, Subject: d.Subject, Date: p.app.now(), Text: d.Text, HTML: d.HTML, Lang: d.Lang}
	if r.Name != "" {
		m.To = []string{(&netmail.Address{Name: r.Name, Address: r.To}).String()}
	}
	if e := p.config.Alerts.Email; e != nil {
		m.From = e.From
	}
	for _, i := range d.Images {
		m.Inline = append(m.Inline, mail.Image{ID: i.ID, Name: i.Name, PNG: i.PNG})
	}
	if sheet := p.sheets[lang]; sheet != nil {
		m.Files = append(m.Files, mail.File{Name: "briefing.pdf", Type: "application/pdf", Data: sheet})
	}
	return m, nil
}

// briefing is the report on one sheet, as PDF.
func (p *post) briefing(ctx context.Context, lang string) (data []byte, err error) {
	if lang == "" {
		lang = p.open.olap.Lang()
	}
	c, err := page.NewContext(ctx, p.open.source(), lang)
	if err != nil {
		return nil, err
	}
	list, err := pagesNamed(p.app.reportPages(p.config, p.app.logger(false)), []string{"briefing"})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "verso-briefing-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	out := filepath.Join(dir, "briefing.pdf")
	if err := p.app.writePDF(ctx, out, func(dir string) (string, error) { return site.WriteDocument(ctx, dir, c, false, list...) }); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// writeDigest writes the mail of the first reader.
func (a *app) writeDigest(ctx context.Context, cfg *config.Config, readers []config.Reader, lang, out string) (err error) {
	p, err := a.openPost(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.open.close()
	if len(readers) == 0 {
		readers = []config.Reader{{To: "reader@localhost", Lang: lang}}
	}
	m, err := p.mail(ctx, readers[0])
	if err != nil {
		return err
	}
	if m.From == "" {
		m.From = "verso@localhost"
	}
	if out == "" {
		return mail.Write(a.stdout, m)
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return mail.Write(f, m)
}

// digestNow sends the digest to readers.
func (a *app) digestNow(ctx context.Context, cfg *config.Config, readers []config.Reader, always bool) error {
	e := cfg.Alerts.Email
	switch {
	case e == nil:
		return &configError{fmt.Errorf("%s: no mail server: add alerts: {email: {host: …, from: …}}", cfg.File)}
	case len(readers) == 0:
		return &configError{fmt.Errorf("%s: the digest has no readers: add digest: {readers: [{to: …}]}, or name one with --to", cfg.File)}
	case quiet(cfg, a.now()) && !always:
		_, err := fmt.Fprintln(a.stdout, "a quiet day: nothing was sent")
		return err
	}
	p, err := a.openPost(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.open.close()
	server, err := a.mailServer(e)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range readers {
		m, err := p.mail(ctx, r)
		if err == nil {
			err = server.Send(ctx, m)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", r.To, err))
			continue
		}
		fmt.Fprintf(a.stdout, "sent to %s: %s\n", r.To, m.Subject)
	}
	return errors.Join(failed...)
}

// quiet reports whether no digest is sent on the day of a moment, in the time
// zone of the night.
func quiet(cfg *config.Config, now time.Time) bool {
	zone, err := schedule.Zone(cfg.Night.Timezone)
	if err != nil {
		zone = time.UTC // the configuration was read with a zone that exists
	}
	return slices.Contains(cfg.Digest.Quiet, strings.ToLower(now.In(zone).Weekday().String()))
}

// sent is what a reader got last, and how sending the next goes.
type sent struct {
	Night time.Time `json:"night"` // time of the schedule whose digest was sent
	Tries int       `json:"tries,omitempty"`
	Next  time.Time `json:"next,omitzero"` // not tried again before
}

// digestFor is how long after a time of the schedule its digest is still news.
const digestFor = 12 * time.Hour

// sendDue sends the digest of the night to whom it has not been sent: once for
// each time of the schedule, when a refresh that began since has published.
func (a *app) sendDue(ctx context.Context, cfg *config.Config, table *schedule.Schedule, log *slog.Logger) error {
	if table == nil || len(cfg.Digest.Readers) == 0 || cfg.Alerts.Email == nil || quiet(cfg, a.now()) {
		return nil
	}
	now := a.now()
	due := table.Last(now)
	runs, err := ledger.Read(cfg.Warehouse)
	if err != nil {
		return err
	}
	if r := alert.Published(runs); r == nil || r.Started.Before(due) || now.Sub(due) > digestFor {
		return nil
	}
	path := filepath.Join(cfg.Warehouse, "digests.json")
	state, err := readSent(path)
	if err != nil {
		return err
	}
	waiting := slices.DeleteFunc(slices.Clone(cfg.Digest.Readers), func(r config.Reader) bool {
		return !state[r.To].Night.Before(due) || now.Before(state[r.To].Next)
	})
	if len(waiting) == 0 {
		return nil
	}
	p, err := a.openPost(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.open.close()
	for _, r := range waiting {
		state[r.To] = p.try(ctx, r, state[r.To], due, now, log)
		if err := writeSent(path, state); err != nil {
			return err
		}
	}
	return nil
}

// try sends the digest to one reader. What cannot be sent is logged and tried
// again, later each time.
func (p *post) try(ctx context.Context, r config.Reader, s sent, due, now time.Time, log *slog.Logger) sent {
	m, err := p.mail(ctx, r)
	if err == nil {
		server, serverErr := p.app.mailServer(p.config.Alerts.Email)
		if err = serverErr; err == nil {
			err = server.Send(ctx, m)
		}
	}
	if err != nil {
		s.Tries++
		wait := min(time.Minute<<min(s.Tries-1, 6), time.Hour)
		s.Next = now.Add(wait)
		log.Warn("digest could not be sent; it is tried again", "to", r.To, "tries", s.Tries, "wait", wait, "error", err)
		return s
	}
	log.Info("digest sent", "to", r.To, "subject", m.Subject)
	return sent{Night: due}
}

func readSent(path string) (map[string]sent, error) {
	state := map[string]sent{}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, fmt.Errorf("%s is damaged: delete it, and digests may be sent once more: %w", path, err)
	}
	return state, nil
}

func writeSent(path string, state map[string]sent) error {
	text, err := json.MarshalIndent(state, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".tmp", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
