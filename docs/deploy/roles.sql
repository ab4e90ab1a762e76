-- Two roles: one owns the tables and migrates, the other is all that a web page can be.
-- Run once by a superuser of PostgreSQL 18, with the two passwords in the environment:
--   TIBIR_OWNER_PASSWORD=… TIBIR_APP_PASSWORD=… psql --dbname postgres --file docs/deploy/roles.sql

\set ON_ERROR_STOP on
\getenv owner_password TIBIR_OWNER_PASSWORD
\getenv app_password TIBIR_APP_PASSWORD

CREATE ROLE tibir_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE tibir_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

-- A page that waits longer than this has failed; better to say so than to hold others up.
ALTER ROLE tibir_app SET statement_timeout = '10s';
ALTER ROLE tibir_app SET lock_timeout = '5s';
ALTER ROLE tibir_app SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE tibir_app SET transaction_timeout = '20s';
-- The dozen joins of a page are by keys, in any order alike: to weigh all orders only costs time.
ALTER ROLE tibir_app SET join_collapse_limit = '5';

-- The server's own C.UTF-8: the same letters and order on every operating system.
CREATE DATABASE tibir OWNER tibir_owner TEMPLATE template0
    ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE tibir FROM PUBLIC;
GRANT CONNECT ON DATABASE tibir TO tibir_app;
