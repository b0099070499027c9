package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/olap/api/soak"
	"verso/olap/warehouse"
)

// soakOptions are the flags of `verso bench soak`.
type soakOptions struct {
	users                         int
	minutes                       float64
	think, switches, look, settle time.Duration
	format, heap                  string
}

func (a *app) benchSoakCommand() *cobra.Command {
	var o soakOptions
	cmd := &cobra.Command{
		Use:   "soak",
		Short: "Many people at a server for a long time: errors, latencies, leaks",
		Long: `soak copies the published generation into a folder of its own, starts verso serve
over it as a process of its own, with users of three roles, and has many people ask
it at the same time: pages, known and new questions, facts, files, SQL, Flight SQL,
logins, hostile and broken requests, and answers given up. Every so often a new
generation is published. Every answer is held against what it must be; a refusal
that the request asks for is none of the errors.

At the end the goroutines, open files and memory of the server are compared with
those before. It fails on any error and any leak.`,
		Example: "  verso bench soak -c demo/verso.yaml --minutes 20 --users 200\n  verso bench soak -c demo/verso.yaml --minutes 1 --users 20 --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.users < 1 || o.minutes <= 0 || o.think <= 0 || o.switches <= 0 || o.format != "table" && o.format != "json" {
				return usagef(cmd.CommandPath(), "--users takes 1 or more, --minutes, --think and --switch more than nothing, --format table or json")
			}
			report, err := a.soak(cmd.Context(), o)
			if report == nil {
				return err
			}
			return errors.Join(err, a.printSoak(report, o.format), report.verdict())
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.users, "users", 200, "people at the same time")
	f.Float64Var(&o.minutes, "minutes", 20, "how long")
	f.DurationVar(&o.think, "think", 2*time.Second, "mean pause of a person between requests")
	f.DurationVar(&o.switches, "switch", time.Minute, "a new generation is published so often")
	f.DurationVar(&o.look, "look", 10*time.Second, "the server's memory and goroutines are read so often")
	f.DurationVar(&o.settle, "settle", 20*time.Second, "pause before what is held at the end is read")
	f.StringVar(&o.heap, "heap", "", "file for a profile of what the server's heap holds at the end, for go tool pprof")
	f.StringVar(&o.format, "format", "table", "table or json")
	return cmd
}

// soakReport is what a soak found.
type soakReport struct {
	Users    int `json:"users"`
	Switches int `json:"generation_switches"`
	soak.Load
	Before soak.Vital   `json:"before"`
	During []soak.Vital `json:"during"`
	After  soak.Vital   `json:"after"`
	Leaks  []string     `json:"leaks"`
	Logged []string     `json:"server_errors"` // the first that the server logged
}

// verdict is an error where something went wrong.
func (r *soakReport) verdict() error {
	if n := r.Errors(); n > 0 || len(r.Leaks) > 0 {
		return fmt.Errorf("bench soak: %d wrong answers, %d leaks", n, len(r.Leaks))
	}
	return nil
}

func (a *app) soak(ctx context.Context, o soakOptions) (_ *soakReport, err error) {
	dir, err := os.MkdirTemp("", "verso-soak-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	company, err := a.soakCompany(ctx, dir)
	if err != nil {
		return nil, err
	}
	server, err := startSoaked(company.config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	company.target.URL, company.target.Flight = server.url, server.flight
	run := soak.Options{Users: o.users, Think: o.think, Seed: 1, Clock: a.now}
	report := &soakReport{Users: o.users, Leaks: []string{}}
	defer func() { report.Logged = server.said.errors() }()
	if report.Load = soak.Once(ctx, company.target, run); report.Errors() > 0 {
		return report, nil
	}
	if err := company.publish(ctx); err != nil {
		return nil, err
	}
	if report.Load = soak.Once(ctx, company.target, run); report.Errors() > 0 {
		return report, nil
	}
	if report.Before, err = a.settled(ctx, company, o.settle); err != nil {
		return nil, err
	}
	if err := a.soaking(ctx, company, o, run, report); err != nil {
		return nil, err
	}
	if report.After, err = a.settled(ctx, company, o.settle); err != nil {
		return nil, err
	}
	if o.heap != "" {
		if err := server.keepProfile(ctx, "heap?gc=1", o.heap); err != nil {
			return nil, err
		}
	}
	report.Leaks = append(report.Leaks, soak.Leaks(report.Before, report.After, report.During)...)
	return report, ctx.Err()
}

// settled waits and looks.
func (a *app) settled(ctx context.Context, c *soakCompany, pause time.Duration) (soak.Vital, error) {
	select {
	case <-time.After(pause):
	case <-ctx.Done():
	}
	return soak.Look(ctx, c.target, c.admin)
}

// soaking puts the load on, publishes generations meanwhile and looks.
func (a *app) soaking(ctx context.Context, c *soakCompany, o soakOptions, run soak.Options, report *soakReport) error {
	own, cancel := context.WithTimeout(ctx, time.Duration(o.minutes*float64(time.Minute)))
	defer cancel()
	done := make(chan soak.Load, 1)
	go func() { done <- soak.Run(own, c.target, run) }()
	began := a.now()
	switches, look := time.NewTicker(o.switches), time.NewTicker(o.look)
	defer switches.Stop()
	defer look.Stop()
	for {
		select {
		case report.Load = <-done:
			return nil
		case <-switches.C:
			if err := c.publish(own); err != nil && own.Err() == nil {
				return fmt.Errorf("bench soak: publish a generation: %w", err)
			}
			report.Switches++
		case <-look.C:
			v, err := soak.Look(own, c.target, c.admin)
			if own.Err() != nil {
				continue
			}
			if err != nil {
				return fmt.Errorf("bench soak: %w", err)
			}
			v.Second = a.now().Sub(began).Seconds()
			report.During = append(report.During, v)
		}
	}
}

// publish publishes a copy of the published generation.
func (c *soakCompany) publish(ctx context.Context) error {
	w, err := warehouse.Open(c.folder, c.open)
	if err != nil {
		return err
	}
	defer w.Close()
	c.published++
	d, err := w.BeginFrom(ctx, fmt.Sprintf("soak-%d", c.published))
	if err != nil {
		return err
	}
	_, err = d.Publish(ctx)
	_, pruneErr := w.Prune(2)
	return errors.Join(err, d.Discard(), pruneErr)
}

func (a *app) printSoak(r *soakReport, format string) error {
	if format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-12s %9s %7s %8s %8s %8s %9s\n", "", "requests", "errors", "per s", "p50 ms", "p99 ms", "max ms")
	for _, k := range r.Kinds {
		fmt.Fprintf(&b, "%-12s %9d %7d %8.1f %8.1f %8.1f %9.1f\n", k.Name, k.Requests, k.Errors, k.PerS, k.P50, k.P99, k.Max)
	}
	fmt.Fprintf(&b, "%d people for %.0f s, %d generations published\n", r.Users, r.Seconds, r.Switches)
	fmt.Fprintf(&b, "%-12s %10s %10s %9s %8s\n", "", "goroutines", "open files", "memory MB", "heap MB")
	row := func(name string, v soak.Vital) {
		fmt.Fprintf(&b, "%-12s %10d %10d %9d %8d\n", name, v.Goroutines, v.Files, v.MemoryMB, v.HeapMB)
	}
	row("before", r.Before)
	if n := len(r.During); n > 0 {
		row("middle", r.During[n/2])
		row("last", r.During[n-1])
	}
	row("after", r.After)
	for _, k := range r.Kinds {
		if k.First != "" {
			fmt.Fprintf(&b, "%s: %s\n", k.Name, k.First)
		}
	}
	for _, text := range append(r.Logged, r.Leaks...) {
		fmt.Fprintln(&b, text)
	}
	_, err := a.stdout.Write([]byte(b.String()))
	return err
}
