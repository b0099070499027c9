package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
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
	"verso/olap/anomaly"
	"verso/olap/warehouse"
	"verso/reports/digest"
	"verso/reports/mail"
)

func (a *app) alertCommand() *cobra.Command {
	var test bool
	cmd := &cobra.Command{
		Use:   "alert",
		Short: "Tell by mail and webhook what is wrong with the refresh and its data",
		Long: `alert looks for what alerts: of the configuration asks for: a refresh that failed,
reports that are stale, checks that are breached, figures that are unusual. What
is new is sent, and what is over; nothing is told twice. refresh and serve do
this by themselves. For a machine on which neither may have run, cron can call
it: then a night without any refresh is told as well.

Passwords and secret addresses come from the environment or from files, as the
configuration names them.`,
		Example: "  verso alert\n  verso alert --test",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			box := a.box(cfg, a.logger(false))
			if len(box.Senders) == 0 {
				return &configError{fmt.Errorf("%s: alerts names nobody to tell: add alerts: {email: {host: …, from: …, to: […]}} or alerts: {webhook: {url: …}}", cfg.File)}
			}
			if test {
				return a.testAlert(cmd.Context(), box)
			}
			if err := a.tell(cmd.Context(), cfg, box.Log, nil); err != nil {
				return err
			}
			if n := box.Pending(); n > 0 {
				return fmt.Errorf("%d alerts could not be sent; they are kept and tried again", n)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&test, "test", false, "send a test message by every way that is configured, and say what went wrong")
	return cmd
}

// testAlert sends a message by every way.
func (a *app) testAlert(ctx context.Context, box *alert.Box) error {
	var failed []error
	for _, name := range []string{"email", "webhook"} {
		send := box.Senders[name]
		if send == nil {
			continue
		}
		err := send(ctx, alert.Message{ID: "test", Channel: name, Created: a.now(), Subject: strings.TrimPrefix(box.Company+": test of the alerts", ": "),
			Text: "This is a test: alerts of the nightly refresh reach you.\n"})
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
			continue
		}
		fmt.Fprintf(a.stdout, "%s: sent\n", name)
	}
	return errors.Join(failed...)
}

// box is what was told and what is to be sent, with the ways of the
// configuration.
func (a *app) box(cfg *config.Config, log *slog.Logger) *alert.Box {
	b := &alert.Box{Path: filepath.Join(cfg.Warehouse, "alerts.json"), Company: cfg.Company.Name, Log: log, Senders: map[string]alert.Sender{}}
	if e := cfg.Alerts.Email; e != nil && len(e.To) > 0 {
		b.Senders["email"] = func(ctx context.Context, m alert.Message) error {
			server, err := a.mailServer(e)
			if err != nil {
				return err
			}
			return server.Send(ctx, mail.Message{From: e.From, To: e.To, Subject: m.Subject, Date: m.Created, Text: m.Text, Lang: "en", Alert: true})
		}
	}
	if h := cfg.Alerts.Webhook; h != nil {
		b.Senders["webhook"] = alert.Webhook{Company: cfg.Company.Name,
			Address: func() (string, error) {
				if h.URL != "" {
					return h.URL, nil
				}
				return a.secret("alerts.webhook.url_env", h.URLEnv)
			},
			Headers: func() (map[string]string, error) {
				headers := map[string]string{}
				for name, variable := range h.HeaderEnv {
					value, err := a.secret("alerts.webhook.header_env."+name, variable)
					if err != nil {
						return nil, err
					}
					headers[name] = value
				}
				return headers, nil
			}}.Send
	}
	return b
}

// secret reads a secret from the environment.
func (a *app) secret(key, variable string) (string, error) {
	value, ok := a.env(variable)
	if !ok || value == "" {
		return "", fmt.Errorf("%s: the environment variable %s is not set", key, variable)
	}
	return value, nil
}

// mailServer is the mail server of the configuration, with its password.
func (a *app) mailServer(e *config.Email) (mail.Server, error) {
	s := mail.Server{Host: e.Host, Port: e.Port, TLS: e.TLS, User: e.User}
	var err error
	switch {
	case e.User == "":
	case e.PasswordEnv != "":
		s.Password, err = a.secret("alerts.email.password_env", e.PasswordEnv)
	case e.PasswordFile != "":
		var text []byte
		if text, err = os.ReadFile(e.PasswordFile); err != nil {
			err = fmt.Errorf("alerts.email.password_file: %w", err)
		}
		s.Password = strings.TrimRight(string(text), "\r\n")
	}
	return s, err
}

// tell judges what is wrong now and tells what is new. extra is what the ledger
// does not know; nil for nothing.
func (a *app) tell(ctx context.Context, cfg *config.Config, log *slog.Logger, extra *alert.Condition) error {
	box := a.box(cfg, log)
	if len(box.Senders) == 0 {
		return nil
	}
	runs, err := ledger.Read(cfg.Warehouse)
	if err != nil {
		return err
	}
	state := alert.State{Now: a.now(), Runs: runs, StaleAfter: cfg.Night.StaleAfter}
	if slices.Contains(cfg.Alerts.On, alert.Anomalies) {
		if state.Findings, err = a.findings(ctx, cfg); err != nil {
			log.Warn("anomalies could not be looked for", "error", err)
		}
	}
	conditions := alert.Judge(state, cfg.Alerts.On)
	if extra != nil && slices.Contains(cfg.Alerts.On, extra.Occasion) {
		conditions = append(conditions, *extra)
	}
	if err := os.MkdirAll(cfg.Warehouse, 0o755); err != nil {
		return err
	}
	return box.Tell(ctx, a.now(), conditions)
}

// watched are the series in which unusual values are told: few and of the whole
// company, so that an alert stays rare enough to be read.
var watched = []anomaly.Question{
	{Cube: "sales", Measure: "net", By: "week", Last: 1},
	{Cube: "sales", Measure: "orders", By: "week", Last: 1},
	{Cube: "returns", Measure: "return_value", By: "month", Last: 1},
}

// unusual is what was found in one generation, kept beside the warehouse: it is
// looked for once.
type unusual struct {
	Generation string          `json:"generation"`
	Findings   []alert.Finding `json:"findings"`
}

// findings lists the unusual values of the published generation that are sure
// among all that were looked at.
func (a *app) findings(ctx context.Context, cfg *config.Config) ([]alert.Finding, error) {
	p, err := a.openConfigured(ctx, cfg)
	var none *warehouse.NoGenerationError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer p.close()
	path := filepath.Join(cfg.Warehouse, "anomalies.json")
	known := unusual{}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	name := p.snapshot.Generation().Name
	if json.Unmarshal(text, &known) == nil && known.Generation == name {
		return known.Findings, nil
	}
	known = unusual{Generation: name}
	for _, q := range watched {
		answer, err := anomaly.Scan(ctx, p.olap, q)
		var short *anomaly.TooShortError
		if errors.As(err, &short) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range answer.Findings {
			if f.Sure {
				known.Findings = append(known.Findings, alert.Finding{Key: q.Cube + "." + q.Measure + " " + f.Period, Words: f.Words, Period: f.Period})
			}
		}
	}
	if text, err = json.Marshal(known); err != nil {
		return nil, err
	}
	if err := os.WriteFile(path+".tmp", text, 0o644); err != nil {
		return nil, err
	}
	return known.Findings, os.Rename(path+".tmp", path)
}

// tellRefresh tells how a refresh ended. Nothing that goes wrong here changes
// how it ended.
func (a *app) tellRefresh(ctx context.Context, cfg *config.Config, log *slog.Logger, began time.Time, ended error) {
	code := exitCode(ctx, ended)
	if code == exitLocked || code == exitInterrupted || code == exitUsage {
		return // told to whoever began it
	}
	var extra *alert.Condition
	runs, err := ledger.Read(cfg.Warehouse)
	if ended != nil && err == nil && !hasRunSince(runs, began) {
		extra = &alert.Condition{Key: "begin", Occasion: alert.Failure, Subject: "the refresh could not begin", Mark: fmt.Sprint(code),
			Text: ended.Error() + "\n\nWhat was published before is untouched."}
	}
	if err := a.tell(ctx, cfg, log, extra); err != nil {
		log.Error("alerts", "error", err)
	}
}

// examineNight finds what would keep the night from running or from being told.
func (a *app) examineNight(cfg *config.Config) []finding {
	var out []finding
	say := func(what, hint string, err error) {
		if err != nil {
			out = append(out, finding{false, what + ": " + err.Error(), hint})
			return
		}
		out = append(out, finding{ok: true, what: what})
	}
	if cfg.Night.Schedule != "" {
		table, err := schedule.Parse(cfg.Night.Schedule, cfg.Night.Timezone)
		what := "night"
		if err == nil {
			what = fmt.Sprintf("night: %s, next %s", table, table.Next(a.now()).Format("2006-01-02 15:04 -07:00"))
		}
		say(what, "mend night: in the configuration", err)
	}
	const hint = "set it where verso runs: for systemd in /etc/verso/environment, for cron in the crontab"
	if e := cfg.Alerts.Email; e != nil {
		_, err := a.mailServer(e)
		say(fmt.Sprintf("mail through %s:%d (try it with: verso alert --test)", e.Host, e.Port), hint, err)
	}
	if h := cfg.Alerts.Webhook; h != nil {
		var err error
		if h.URLEnv != "" {
			_, err = a.secret("alerts.webhook.url_env", h.URLEnv)
		}
		for _, name := range slices.Sorted(maps.Keys(h.HeaderEnv)) {
			_, headerErr := a.secret("alerts.webhook.header_env."+name, h.HeaderEnv[name])
			err = errors.Join(err, headerErr)
		}
		say("webhook", hint, err)
	}
	if len(cfg.Digest.Readers) > 0 {
		say(fmt.Sprintf("digest: %d readers", len(cfg.Digest.Readers)), "mend digest.pages in the configuration", digest.Check(cfg.Digest.Pages))
	}
	return out
}
