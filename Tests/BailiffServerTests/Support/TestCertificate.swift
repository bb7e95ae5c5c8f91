/// Two RSA certificates for `localhost` and `127.0.0.1` that sign themselves, with their keys, valid for a hundred years: for
/// tests alone.
struct TestCertificate: Sendable {
    let certificatePEM: String
    let keyPEM: String

    static let one = TestCertificate(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIDNTCCAh2gAwIBAgIUDNbH0Qg7+XR90i8/IjhnHejmhnwwDQYJKoZIhvcNAQEL
            BQAwGzEZMBcGA1UEAwwQb25lLmJhaWxpZmYudGVzdDAgFw0yNjExMjEwMTMyNTFa
            GA8yMTI2MTAyODAxMzI1MVowGzEZMBcGA1UEAwwQb25lLmJhaWxpZmYudGVzdDCC
            ASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAONM3jHGXa2nw3VFGPVD0zOO
            9GPlvckNae5jbzH9lqSMZq9XGJgBg3/T0P7lSvmfg90F/V0V2ofNK8mtwvVhOVb5
            3ZcsAKH6pbs837WwCCYH6ylY2W8KMedRVmIgiBxWPssCSF7U8oWa8Q7vEWK+urkT
            69ioSTmcXT1P6jtwkPIEBw790oivyJryRPSadgGhmVyzLhOvsdZxE431+TOp1CxJ
            UPGs6IAZ8elb1FALEhMgaJlyCF2JFb57NQzVVA5eYRuC1fT5ApM7cTMEVKsc8oB5
            Bpd/Z5VWkFL5T89Yopo+ysx/R56umPgxXj3KwFKmRpegjKpPUjYRj4++ECqW74EC
            AwEAAaNvMG0wHQYDVR0OBBYEFBp+Vakep7vhKT9X3SXPxOF7lPmQMB8GA1UdIwQY
            MBaAFBp+Vakep7vhKT9X3SXPxOF7lPmQMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0R
            BBMwEYIJbG9jYWxob3N0hwR/AAABMA0GCSqGSIb3DQEBCwUAA4IBAQBr/UrSuIfG
            u4dyFB5j2he3WgcEx7lpJaAFYpzi4Ff+t4hX7hXj9nWVPkbkUHnP1oc25/YexlWd
            NJ2M7Cq48Nd+j8GApY006e0D2N3IK5lZbpSSLf1sO8dzqtg+MrNy4GT5apEH41a4
            CSS/jTjjvK5G7f/g2E6fxigwyIAIsVKFTRKQmu77AqRYw19UKnXgsNn8BjOcrQn7
            ftlGFtheMCg61RYKiA71jaDINQuu90jqF/eDKL0uiQcrERefaXpzVpuj93e0GP4D
            DKkEjlHHLGiaRgEFcH3hw6riV5faF5j2HNRlzDEr/Tu4w3XNolKQJVVoXpqj4VX5
            lbAAWw7baUI+
            -----END CERTIFICATE-----

            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDjTN4xxl2tp8N1
            RRj1Q9MzjvRj5b3JDWnuY28x/ZakjGavVxiYAYN/09D+5Ur5n4PdBf1dFdqHzSvJ
            rcL1YTlW+d2XLACh+qW7PN+1sAgmB+spWNlvCjHnUVZiIIgcVj7LAkhe1PKFmvEO
            7xFivrq5E+vYqEk5nF09T+o7cJDyBAcO/dKIr8ia8kT0mnYBoZlcsy4Tr7HWcRON
            9fkzqdQsSVDxrOiAGfHpW9RQCxITIGiZcghdiRW+ezUM1VQOXmEbgtX0+QKTO3Ez
            BFSrHPKAeQaXf2eVVpBS+U/PWKKaPsrMf0eerpj4MV49ysBSpkaXoIyqT1I2EY+P
            vhAqlu+BAgMBAAECggEAKQEpNVwGcskouNtb/wT7ERpJKstbgy1dDpEYEnHfrvQY
            IyoIaQWe4hzFX3JgZetZp7IIrLYATA7ehx3GZatiI3dkevzIaXA03TQEXHuy4J99
            lCIv6XjymzsAZSfevhPt9IQHJ7ptPN6AfbPxlDl5qGE4Yweq3A6CAIlN5Wavc0Uh
            MMR3+YqVKr2BqL970mPJ8ULdRt3rflKx5KzLyeK5HXgSYq0Me8vh/LQTZb5PcIBz
            ZV7mRlYH+YoUkUAb2x2Ku9VA0Pouklkmnr6hXTk3XJTrjIeHc2tc8ElqEWNFMDjB
            D6iD+bY56GRWKA2JTGNDWjJEYfmwcYnZY04APB6rBQKBgQD0yvAS9GhQSCiqCpKW
            m82wbbdLGFGfEscjd15ZJ70hRterqQs8JTdxDptTMAYY0QNbBIWtsI67+2JliTb5
            eOHn2pCmK/dnICJB+qOpJaxROsgyXUB5w9Uc0UUSFsPPclCQf3eQgPZBLVM9L7bt
            PIJGTRW2+WVnpVbfYEhd53AdDQKBgQDttOl3+NMNesscuY6aQauFAMl6LPGM9tC6
            8B2s4gqtd83yByuGUxewLlkbu4y1P+3MFxW68izCBUSO+wQHh0HDrEUveLzu4k9E
            85G6cuiUzevEH8MmKToIAvzMcPu1TUXQaHD+2oEZAw7LJ2LFErfVPBd3BglEMvm7
            px97v3LHRQKBgQDKUeh2YhbNM7aYQ8DARemNBkFWCbV8OjLot0H9ggCpPjoGoOKu
            RTw7bw0lhi2j2Sxiz6wE0EZITA8ZSH1tV2GvFVA0Z2ZFj6OA0LzvkjmHsYPBTJ17
            hkXfWX8y4inYjOzVYOTbRBtD50hC6+rOzRIHNLLb1ejf7yGL4bIuGpjpCQKBgEbF
            bh1B/9Qrkv1iYYqbsq1Opq2xY9lMQqjlhHBMfFFZMf+1EshTROI3amBPXn04I1x4
            IwgdwiWh29+V7IUxR+syBwczM00MI/2rZt/UBlsHVAJ4UmmyLIzmFs3ndYltEDQU
            ZE/8TiNcPbNObqGuCP17fqD5MxkS9DdicoUtYsbhAoGAZAcPWPQ+LHeIzbh4F2JP
            VSzcKRAo/ZwTzhwgYujea+t+WIhR+6pKdIeeEDZj2sTrNN/w3B2W8KKqaWyut9oJ
            Y5C61soktjsm0M8RP6jV++fvkUVue7YAFHx4B1LjvfE7qZCZTf9jDT2+uE9XB6Vp
            whc45BRqiMSf+Zgr6M3T9io=
            -----END PRIVATE KEY-----

            """)
    static let two = TestCertificate(
        certificatePEM: """
            -----BEGIN CERTIFICATE-----
            MIIDNTCCAh2gAwIBAgIUTLLxlh0WtTtDjF6pDYQLwBf6x+YwDQYJKoZIhvcNAQEL
            BQAwGzEZMBcGA1UEAwwQdHdvLmJhaWxpZmYudGVzdDAgFw0yNjExMjEwMTMyNTFa
            GA8yMTI2MTAyODAxMzI1MVowGzEZMBcGA1UEAwwQdHdvLmJhaWxpZmYudGVzdDCC
            ASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAK+f5M+oOt3vYBCvfR1FqK+p
            9TjCmYm/RjJgdrcMAc3XGHihqcrWBGbyWHZyTwN4vInCKrvTuFn3WCAVVngZAWSO
            8ZsAskeFxTQ7v3vksxBYrAlJ+loAsb/BEDnO61Wdr+JDJv13Z/rqAIwBfqa5qv0w
            Gp+IRYGUGhUQjUlI/eoPMd2sz/DeZNlQfUFOGiLTlhRKw7wgUIOqTRElI0o1HLD+
            RxcetF5sv11j87Yag8dHjv8HbyNZEOJ/Cd1qTwAukT98u8vzMgvLoQnC6lNGRuRw
            69pqFL/urh03NU1nOOlnRN3gahOd8YsGOPcgB0UTp03O6OHxvQOBDvpW6hJrvTcC
            AwEAAaNvMG0wHQYDVR0OBBYEFEWRXIJdKn02N2P/I1HVMMBWEB4hMB8GA1UdIwQY
            MBaAFEWRXIJdKn02N2P/I1HVMMBWEB4hMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0R
            BBMwEYIJbG9jYWxob3N0hwR/AAABMA0GCSqGSIb3DQEBCwUAA4IBAQCNPu4+9YQT
            cf5KMXGt1sHls/N02nN6qKGyUpMn5/t0ctXqBJvM6hTNa0cvkmS9LyBZizKaCxGs
            ryB6nCVIxYm9f8Va2SopUOH7UJHTG3FgO3BndgN2QRGLt/t9G6Y1XOQDVc0y2PPu
            A2IbKym6RAcVprvuk9/1m0B4sVjM5wQQ1kz6FQ0UrS0dzFeyUs6tNMxScinAPJIk
            vLosl6ZNNx7GJtEihASQcdJOctibTphFUkQuj0HwO1Ud09xknNB58lbTBr6wofEh
            sHScmjhvvXxa0n8se4VSsk00U7u5KT7kCdpC0VLwkDaQG+jIXlk5eIifW2E57Upv
            bIju0Ahf+Sal
            -----END CERTIFICATE-----

            """,
        keyPEM: """
            -----BEGIN PRIVATE KEY-----
            MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQCvn+TPqDrd72AQ
            r30dRaivqfU4wpmJv0YyYHa3DAHN1xh4oanK1gRm8lh2ck8DeLyJwiq707hZ91gg
            FVZ4GQFkjvGbALJHhcU0O7975LMQWKwJSfpaALG/wRA5zutVna/iQyb9d2f66gCM
            AX6muar9MBqfiEWBlBoVEI1JSP3qDzHdrM/w3mTZUH1BThoi05YUSsO8IFCDqk0R
            JSNKNRyw/kcXHrRebL9dY/O2GoPHR47/B28jWRDifwndak8ALpE/fLvL8zILy6EJ
            wupTRkbkcOvaahS/7q4dNzVNZzjpZ0Td4GoTnfGLBjj3IAdFE6dNzujh8b0DgQ76
            VuoSa703AgMBAAECggEACIhMJYqW0ZF/qU/dVD6+I0quj0NlEjwovOnS2rHKpKV+
            mt2/0grzy8yaX6bOD+0du9OjH9z5Z+WMcoKW4N7WInyPYGh4QOFO42rDstE5oeGs
            +gaOEzFVcWt/zk8vP8mZcfSxQD883gPgYuzvqkn69LIRmQ6V0eXQHpXfR2A0ddqS
            UU75AYpPA9V4CqpzsKdhewtqQzIrxcjXIxT6Y8MHqz4i55rDENzrjEjeOTLVdnxz
            wUXFZ6pBYs1Ymip2xMHadvlVJBDhkXVvTOGbz258BhYO/8YlG6L7L0NCuF0TWZkQ
            NgCR+VGiRxsV60JibuShgA1L3GO2EGThd7B4ykkLgQKBgQD0l+idrt5I6C2ihww6
            QUar+f303nY3MLtR3skXU9FIik4a4mxjEsOjz9xCDpXcqBskwB+UiiROpEIPOuvw
            AqZYsEXX2FVWmAXiwxScZugoQfua0Lu31tC5dQFxSL3XxybaYH38m761utgUZ68E
            LDBeVW7x59CAJ1jJtW+cLZiHWwKBgQC30JjqLSaoT/i716UP31+3vKPb14TgFNBa
            uHX6iUAtDcd6N3T/UM6z5fBWJso6T+dpJGk/JXRaR1hdFgaoYS47tYCHiaUfcexG
            c6IHFf4Ard5lJtr+25ow8GAO+6xMA6pmtKNk9F2odQ44ohIAa/AeJDXXUu2VSzJp
            kKWoXZokVQKBgQDifCuUn1ELd5qSLbT/2GPlaUZkUP5sGn7Jz56rMBzRq+eo81Lj
            5oMsE5Rjwne4bB0+SXy0obn+7BCTY78Hbpyz8P2rYZGb7oc8s+FI9e0xIfAmKfQ4
            xfxeTl74lB/eR3XNrp3apCjSxGHDe0LPfU+IelmSPFKP6F9J3+yqVHoxkwKBgQCK
            Wv+OXDfZvoAZW4KJhPe2A85OXlVMmT4O2wMqdf6RKur3qiBtQLSlIjEZl47l/1jO
            gjKZ7iY7AbKYNkkCmktDdCVvX4KjPYu7p7PQo5QRjM11055I8KCJr5SOEo8olCXB
            sru99FU+xATVSeBE4vnUpirEjU347qXeYZrfNL0eFQKBgQC2ZwrL+cx4Ts28X1B1
            wPD1ad66qaaHVogSVOV4COwhja7QckqgQussrfipa/ZZaO3crWQwP1tCw9tXk6Z2
            zobMe6CCOH9/M+vD8vXJh3bX5di0AYJ+tj/NSb9BNNNbSQ8RXsJmOs6Zs9H5D/H/
            y4r4BWON+q9lnOSE0ldgwq8sxg==
            -----END PRIVATE KEY-----

            """)
}
