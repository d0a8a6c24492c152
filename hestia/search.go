package hestia

import (
	"context"
	"iter"
	"time"
)

// SearchService finds objects by text.
type SearchService struct{ c *Client }

var (
	searchCommands    = reads("Search.Commands", "v-search-command ARG1 [ARG...]")
	searchObjects     = reads("Search.Objects", "v-search-object OBJECT json").escaping()
	searchUserObjects = reads("Search.UserObjects", "v-search-user-object USER OBJECT json").escaping()
)

// SearchResult is an object found.
type SearchResult struct {
	// Number is its position in the results, from "1".
	Number string `hestia:",key"`
	User   string `hestia:"USER"`
	// Type is "web", "dns", "mail", "db", "cron", ...
	Type string `hestia:"TYPE"`
	// Key is the field that matched, and Result its value.
	Key       string    `hestia:"KEY"`
	Result    string    `hestia:"RESULT"`
	Alias     string    `hestia:"ALIAS"`
	Link      string    `hestia:"LINK"`
	Parent    string    `hestia:"PARENT"`
	Suspended bool      `hestia:"SUSPENDED"`
	Created   time.Time `hestia:"DATE+TIME"`
}

// Commands returns the names of commands that contain all given words, as the panel prints them:
// v-search-command.
func (s *SearchService) Commands(ctx context.Context, word string, args ...string) (string, error) {
	return s.c.text(ctx, searchCommands, word, args)
}

// Objects finds objects of any user by text: v-search-object.
func (s *SearchService) Objects(ctx context.Context, text string) iter.Seq2[*SearchResult, error] {
	return list[SearchResult](ctx, s.c, searchObjects, text)
}

// UserObjects finds objects of one user by text: v-search-user-object.
func (s *SearchService) UserObjects(ctx context.Context, user, text string) iter.Seq2[*SearchResult, error] {
	return list[SearchResult](ctx, s.c, searchUserObjects, user, text)
}
