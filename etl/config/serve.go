package config

import "time"

// Serve says where and how the server answers.
type Serve struct {
	Addr   string      `yaml:"addr"`  // address to listen on; default 127.0.0.1:8080
	Hosts  []string    `yaml:"hosts"` // names that it is called by, besides this machine's own on a loopback address; none on others: any
	TLS    TLS         `yaml:"tls"`
	Limits ServeLimits `yaml:"limits"`
}

// TLS is the server's certificate; both or none.
type TLS struct {
	Cert string `yaml:"cert"` // file, PEM, with the certificates between
	Key  string `yaml:"key"`  // file, PEM
}

// ServeLimits bound ad hoc questions; 0: the server's default.
type ServeLimits struct {
	Rows       int           `yaml:"rows"`       // of an answer; default 1,000,000
	Page       int           `yaml:"page"`       // rows of one JSON answer; default 10,000
	Time       time.Duration `yaml:"time"`       // a question may run; default 1m
	Wait       time.Duration `yaml:"wait"`       // for its turn; default 10s
	PerPerson  int           `yaml:"per_person"` // questions of one person at a time; default 16
	Running    int           `yaml:"running"`    // questions at a time; default 64
	Statements int           `yaml:"statements"` // SQL statements at a time; default 4
	ResultMB   int           `yaml:"result_mb"`  // of an SQL result; default 256
	MemoryMB   int           `yaml:"memory_mb"`  // that an SQL statement may use; default 1024
	RequestKB  int           `yaml:"request_kb"` // of a request; default 1024
	Threads    int           `yaml:"threads"`    // of an SQL statement; default 2
}

func (r *reader) serve(s *Serve, p place) {
	l := &s.Limits
	r.mapping(p, fields{
		"addr":  r.plain(&s.Addr),
		"hosts": r.texts(&s.Hosts),
		"tls": func(p place) {
			r.mapping(p, fields{"cert": r.expanded(&s.TLS.Cert), "key": r.expanded(&s.TLS.Key)})
			if (s.TLS.Cert == "") != (s.TLS.Key == "") && !r.failed(p) {
				r.report(p.at(), "name both files: tls: {cert: server.crt, key: server.key}", "%s needs cert and key", p.path)
			}
		},
		"limits": func(p place) {
			r.mapping(p, fields{
				"rows":       r.integer(&l.Rows, 1, 100_000_000),
				"page":       r.integer(&l.Page, 1, 1_000_000),
				"time":       r.duration(&l.Time, time.Second, 24*time.Hour),
				"wait":       r.duration(&l.Wait, time.Millisecond, time.Hour),
				"per_person": r.integer(&l.PerPerson, 1, 10_000),
				"running":    r.integer(&l.Running, 1, 10_000),
				"statements": r.integer(&l.Statements, 1, 1000),
				"result_mb":  r.integer(&l.ResultMB, 1, 100_000),
				"memory_mb":  r.integer(&l.MemoryMB, 64, 1_000_000),
				"request_kb": r.integer(&l.RequestKB, 1, 100_000),
				"threads":    r.integer(&l.Threads, 1, 1024),
			})
		},
	})
}
